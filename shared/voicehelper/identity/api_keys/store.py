"""Keys in PostgreSQL, for ``service``: what they are called and may do, and who made them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.errors import NotFoundError
from voicehelper.identity.api_keys.models import Key, Maker, NewKey
from voicehelper.identity.api_keys.secret import Presented
from voicehelper.identity.scopes import Scope


class KeyNotFoundError(NotFoundError):
    """Unknown, revoked, or not the caller's to end."""

    code = "KEY_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class KeyRow:
    id: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    bases: list[UUID] | None
    created_at: datetime
    expires_at: datetime | None
    maker_email: str
    maker_username: str

    def shown(self, last_used_at: datetime | None = None) -> Key:
        return Key(
            id=self.id,
            name=self.name,
            prefix=self.prefix,
            scopes=self.scopes,
            bases=self.bases,
            created_at=self.created_at,
            expires_at=self.expires_at,
            last_used_at=last_used_at,
            maker=Maker(email=self.maker_email, username=self.maker_username),
        )


@dataclass(frozen=True, slots=True)
class LivingKey:
    prefix: str
    id: UUID
    digest: bytes
    scopes: list[Scope]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Role:
    role: str


@dataclass(frozen=True, slots=True)
class _Prefix:
    prefix: str


# Whoever changes the role or ends the membership waits for this transaction, and then meets the key.
LOCK_ROLE: Final = """
    SELECT role FROM membership WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s FOR SHARE
"""


def lock_role(tx: Transaction, user_id: UUID) -> str | None:
    """The member's role until the end of the transaction; None for who is no member any more."""
    row = tx.one(_Role, LOCK_ROLE, user_id=user_id)
    return row.role if row else None


INSERT_KEY: Final = """
    WITH k AS (
      INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes, bases, expires_at)
      VALUES (%(id)s, %(tenant_id)s, %(user_id)s, %(name)s, %(prefix)s, %(digest)s, %(scopes)s, %(bases)s,
              %(expires_at)s)
      RETURNING *)
    SELECT k.id, k.name, k.prefix, k.scopes, k.bases, k.created_at, k.expires_at,
           u.email AS maker_email, u.username AS maker_username
      FROM k JOIN app_user AS u ON u.id = k.user_id WHERE k.tenant_id = %(tenant_id)s
"""


def insert_key(tx: Transaction, key_id: UUID, new: NewKey, secret: Presented, *, user_id: UUID) -> KeyRow:
    values: dict[str, Any] = asdict(secret) | {"name": new.name, "scopes": list(new.scopes), "bases": new.bases}
    (row,) = tx.all(KeyRow, INSERT_KEY, id=key_id, user_id=user_id, expires_at=new.expires_at, **values)
    return row


LIST_KEYS: Final = """
    SELECT k.id, k.name, k.prefix, k.scopes, k.bases, k.created_at, k.expires_at,
           u.email AS maker_email, u.username AS maker_username
      FROM api_key AS k JOIN app_user AS u ON u.id = k.user_id
     WHERE k.tenant_id = %(tenant_id)s AND k.revoked_at IS NULL
       AND (k.user_id = %(user_id)s
            OR EXISTS (SELECT FROM membership AS m WHERE m.tenant_id = %(tenant_id)s AND m.user_id = %(user_id)s
                                                     AND m.role IN ('owner', 'admin')))
     ORDER BY k.created_at DESC, k.id DESC
     LIMIT %(limit)s OFFSET %(offset)s
"""


def list_keys(tx: Transaction, user_id: UUID, *, limit: int, offset: int) -> list[KeyRow]:
    """The user's own; of owners and admins all of the workspace."""
    return tx.all(KeyRow, LIST_KEYS, user_id=user_id, limit=limit, offset=offset)


COUNT_KEYS: Final = """
    SELECT count(*) FROM api_key AS k
     WHERE k.tenant_id = %(tenant_id)s AND k.revoked_at IS NULL
       AND (k.user_id = %(user_id)s
            OR EXISTS (SELECT FROM membership AS m WHERE m.tenant_id = %(tenant_id)s AND m.user_id = %(user_id)s
                                                     AND m.role IN ('owner', 'admin')))
"""


def count_keys(tx: Transaction, user_id: UUID) -> int:
    return tx.count(COUNT_KEYS, user_id=user_id)


REVOKE_KEY: Final = """
    UPDATE api_key AS k SET revoked_at = now()
     WHERE k.id = %(id)s AND k.tenant_id = %(tenant_id)s AND k.revoked_at IS NULL
       AND (k.user_id = %(user_id)s
            OR EXISTS (SELECT FROM membership AS m WHERE m.tenant_id = %(tenant_id)s AND m.user_id = %(user_id)s
                                                     AND m.role IN ('owner', 'admin')))
    RETURNING k.prefix
"""


def revoke_key(tx: Transaction, key_id: UUID, *, user_id: UUID) -> str:
    """The prefix of the key that ended. KeyNotFoundError for one that has ended, or that the user may not end."""
    if row := tx.one(_Prefix, REVOKE_KEY, id=key_id, user_id=user_id):
        return row.prefix
    raise KeyNotFoundError


REVOKE_ALL: Final = """
    UPDATE api_key SET revoked_at = now()
     WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s AND revoked_at IS NULL
    RETURNING prefix
"""


def revoke_keys_of(tx: Transaction, user_id: UUID) -> list[str]:
    """The prefixes of the member's keys in this workspace, which have ended."""
    return [row.prefix for row in tx.all(_Prefix, REVOKE_ALL, user_id=user_id)]


# Whoever revokes one of them waits, so that no record is written after the one that ends it.
LIVING: Final = """
    SELECT prefix, id, secret_hash AS digest, scopes, expires_at FROM api_key
     WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s AND revoked_at IS NULL
       FOR UPDATE
"""


def living_keys_of(tx: Transaction, user_id: UUID) -> list[LivingKey]:
    """The member's keys in this workspace, with what the authorizer's records need."""
    return tx.all(LivingKey, LIVING, user_id=user_id)
