"""Users and token families in PostgreSQL; ``service`` and ``functions/identity`` call it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from psycopg import errors as pg_errors

from voicehelper.adapters.database import Transaction
from voicehelper.errors import ConflictError, NotFoundError
from voicehelper.identity.models import Registration, Session, User


class EmailTakenError(ConflictError):
    code = "EMAIL_TAKEN"


class UserNotFoundError(NotFoundError):
    code = "USER_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Account:
    """The fields of a user that signing in needs; never part of a response.

    ``tenant_id`` is the workspace that signing in leads to, ``roles`` the user's there; none where no workspace has the
    user as a member.
    """

    id: UUID
    tenant_id: UUID
    email: str
    username: str
    password_hash: str
    roles: list[str]


@dataclass(frozen=True, slots=True)
class FamilyRoles:
    """The current roles of a token family's user."""

    roles: list[str]


@dataclass(frozen=True, slots=True)
class NewFamily:
    """A sign-in as it starts; ``token_hash`` is that of its first refresh token, ``role`` the one in its tokens."""

    id: UUID
    user_id: UUID
    workspace_id: UUID
    role: str
    token_hash: bytes
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class RevokedFamily:
    """``is_recent``: its access tokens may still be valid."""

    id: UUID
    is_recent: bool


# A new user gets a workspace of their own and is its owner.
_REGISTER: Final = """
    WITH t AS (INSERT INTO tenant (id, name) VALUES (%(new_tenant_id)s, %(username)s) RETURNING id),
    u AS (
      INSERT INTO app_user (id, tenant_id, email, username, password_hash)
      SELECT %(id)s, t.id, %(email)s, %(username)s, %(password_hash)s FROM t
      RETURNING id, tenant_id, email, username, created_at),
    m AS (INSERT INTO membership (tenant_id, user_id, role) SELECT tenant_id, id, 'owner' FROM u)
    SELECT id, email, username, created_at FROM u
"""


def insert_user(tx: Transaction, new: Registration, *, user_id: UUID, tenant_id: UUID, password_hash: str) -> User:
    values = {"id": user_id, "new_tenant_id": tenant_id, "email": new.email, "username": new.username}
    try:
        (user,) = tx.all(User, _REGISTER, **values, password_hash=password_hash)
    except pg_errors.UniqueViolation as error:
        raise EmailTakenError(new.email) from error
    return user


_INSERT_MEMBER: Final = """
    INSERT INTO app_user (id, tenant_id, email, username, password_hash)
    VALUES (%(id)s, %(tenant_id)s, %(email)s, %(username)s, %(password_hash)s)
    RETURNING id, email, username, created_at
"""


def insert_member(tx: Transaction, new: Registration, *, user_id: UUID, password_hash: str) -> User:
    """A user who is about to join the transaction's workspace, and has none of their own."""
    values = {"id": user_id, "email": new.email, "username": new.username, "password_hash": password_hash}
    try:
        (user,) = tx.all(User, _INSERT_MEMBER, **values)
    except pg_errors.UniqueViolation as error:
        raise EmailTakenError(new.email) from error
    return user


# Of several workspaces the one that was used last.
_ACCOUNT: Final = """
    SELECT u.id, coalesce(m.tenant_id, u.tenant_id) AS tenant_id, u.email, u.username, u.password_hash,
           array_remove(ARRAY[m.role], NULL) AS roles
      FROM app_user AS u
      LEFT JOIN LATERAL (SELECT o.tenant_id, o.role FROM membership AS o WHERE o.user_id = u.id
                          ORDER BY o.tenant_id = u.tenant_id DESC, o.last_seen_at DESC NULLS LAST LIMIT 1) AS m ON true
     WHERE u.status = 'active'
"""
_BY_EMAIL: Final = f"{_ACCOUNT} AND lower(u.email) = lower(%(email)s)"


def find_account(tx: Transaction, email: str) -> Account | None:
    return tx.one(Account, _BY_EMAIL, email=email)


_BY_ID: Final = """
    SELECT u.id, u.email, u.username, u.created_at FROM app_user AS u
      JOIN membership AS m ON m.user_id = u.id AND m.tenant_id = %(tenant_id)s
     WHERE u.id = %(id)s
"""


def get_user(tx: Transaction, user_id: UUID) -> User:
    if user := tx.one(User, _BY_ID, id=user_id):
        return user
    raise UserNotFoundError


_ACCOUNT_BY_ID: Final = f"{_ACCOUNT} AND u.id = %(id)s"


def get_account(tx: Transaction, user_id: UUID) -> Account:
    if account := tx.one(Account, _ACCOUNT_BY_ID, id=user_id):
        return account
    raise UserNotFoundError


_OWN_WORKSPACE: Final = """
    WITH t AS (
      INSERT INTO tenant (id, name) SELECT %(workspace_id)s, u.username FROM app_user AS u WHERE u.id = %(id)s
      RETURNING id),
    u AS (UPDATE app_user SET tenant_id = %(workspace_id)s WHERE id = %(id)s)
    INSERT INTO membership (tenant_id, user_id, role) SELECT t.id, %(id)s, 'owner' FROM t
"""


def open_workspace(tx: Transaction, user_id: UUID, *, workspace_id: UUID) -> None:
    """A new workspace, which the user owns and signs in to."""
    tx.run(_OWN_WORKSPACE, id=user_id, workspace_id=workspace_id)


_REPLACE_HASH: Final = """
    UPDATE app_user SET password_hash = %(new_hash)s
     WHERE id = %(id)s AND password_hash = %(old_hash)s AND status = 'active'
"""


def update_password(tx: Transaction, user_id: UUID, *, old_hash: str, new_hash: str) -> bool:
    """False if ``old_hash`` is not the user's current one."""
    return tx.run(_REPLACE_HASH, id=user_id, old_hash=old_hash, new_hash=new_hash) == 1


# The locks make this wait for a change of the password and of the role, and those for it: no session is left that was
# started with the old one. The membership is locked before the user and before families, here and wherever else.
# Sessions of the user that have ended long ago go with the next one.
_INSERT_FAMILY: Final = """
    WITH m AS (
      UPDATE membership SET last_seen_at = now()
       WHERE user_id = %(user_id)s AND tenant_id = %(workspace_id)s AND role = %(role)s
      RETURNING user_id, tenant_id),
    gone AS (
      DELETE FROM refresh_family WHERE id IN (
        SELECT id FROM refresh_family WHERE user_id = %(user_id)s AND expires_at < now() - interval '7 days'
         LIMIT 100 FOR UPDATE SKIP LOCKED))
    INSERT INTO refresh_family (id, user_id, tenant_id, token_hash, user_agent, expires_at, ends_at)
    SELECT %(id)s, u.id, m.tenant_id, %(token_hash)s, %(user_agent)s, now() + make_interval(secs => %(life_s)s),
           now() + make_interval(secs => %(longest_s)s)
      FROM m JOIN app_user AS u ON u.id = m.user_id
     WHERE u.password_hash = %(password_hash)s AND u.status = 'active'
       FOR SHARE OF u
"""


def insert_family(tx: Transaction, family: NewFamily, *, password_hash: str, life_s: int, longest_s: int) -> bool:
    """False if password or role are no longer the user's."""
    lives = {"life_s": life_s, "longest_s": longest_s}
    return tx.run(_INSERT_FAMILY, **asdict(family), **lives, password_hash=password_hash) == 1


# One statement, so that of two concurrent refreshes with one token only the first matches the hash. The role is the one
# that the user has now in the token's workspace; whoever is no longer its member gets no new token.
_ROTATE: Final = """
    WITH m AS (
      UPDATE membership AS o SET last_seen_at = now()
        FROM refresh_family AS f JOIN app_user AS u ON u.id = f.user_id AND u.status = 'active'
       WHERE f.id = %(id)s AND f.token_hash = %(old_hash)s AND f.revoked_at IS NULL
         AND o.user_id = f.user_id AND o.tenant_id = %(workspace_id)s
         AND o.tenant_id = coalesce(f.tenant_id, u.tenant_id)
      RETURNING o.user_id, o.role)
    UPDATE refresh_family AS f
       SET token_hash = %(new_hash)s, last_used_at = now(),
           expires_at = least(now() + make_interval(secs => %(life_s)s), f.ends_at)
      FROM m
     WHERE f.id = %(id)s AND f.user_id = m.user_id
       AND f.token_hash = %(old_hash)s AND f.revoked_at IS NULL AND f.expires_at > now() AND f.ends_at > now()
    RETURNING ARRAY[m.role] AS roles
"""


def rotate(
    tx: Transaction, family_id: UUID, *, workspace_id: UUID, old_hash: bytes, new_hash: bytes, life_s: int
) -> FamilyRoles | None:
    """None if ``old_hash`` is not the family's current one, the family has ended, or its user is no longer a member."""
    values = {"workspace_id": workspace_id, "old_hash": old_hash, "new_hash": new_hash, "life_s": life_s}
    return tx.one(FamilyRoles, _ROTATE, id=family_id, **values)


_REVOKE: Final = "UPDATE refresh_family SET revoked_at = coalesce(revoked_at, now()) WHERE id = %(id)s"


def revoke_family(tx: Transaction, family_id: UUID) -> None:
    tx.run(_REVOKE, id=family_id)


_REVOKE_OWN: Final = """
    UPDATE refresh_family SET revoked_at = now()
     WHERE id = %(id)s AND user_id = %(user_id)s AND revoked_at IS NULL AND expires_at > now() AND ends_at > now()
"""


def revoke_own_family(tx: Transaction, family_id: UUID, *, user_id: UUID) -> bool:
    """False if the user has no such family, or it has ended."""
    return tx.run(_REVOKE_OWN, id=family_id, user_id=user_id) == 1


_REVOKE_OTHERS: Final = """
    UPDATE refresh_family SET revoked_at = now()
     WHERE user_id = %(user_id)s AND id <> %(current_id)s AND revoked_at IS NULL
    RETURNING id, last_used_at > now() - make_interval(secs => %(recent_s)s) AS is_recent
"""


def revoke_other_families(tx: Transaction, user_id: UUID, *, current_id: UUID, recent_s: int) -> list[RevokedFamily]:
    return tx.all(RevokedFamily, _REVOKE_OTHERS, user_id=user_id, current_id=current_id, recent_s=recent_s)


# A family without a workspace is one of code that did not know of several.
_REVOKE_HERE: Final = """
    UPDATE refresh_family AS f SET revoked_at = now()
      FROM app_user AS u
     WHERE f.user_id = %(user_id)s AND u.id = f.user_id AND coalesce(f.tenant_id, u.tenant_id) = %(tenant_id)s
       AND f.revoked_at IS NULL
    RETURNING f.id, f.last_used_at > now() - make_interval(secs => %(recent_s)s) AS is_recent
"""


def revoke_families_here(tx: Transaction, user_id: UUID, *, recent_s: int) -> list[RevokedFamily]:
    """Every family that the user has in the transaction's workspace."""
    return tx.all(RevokedFamily, _REVOKE_HERE, user_id=user_id, recent_s=recent_s)


_LIST_FAMILIES: Final = """
    SELECT id, created_at, last_used_at, user_agent, id = %(current_id)s AS current FROM refresh_family
     WHERE user_id = %(user_id)s AND revoked_at IS NULL AND expires_at > now() AND ends_at > now()
     ORDER BY last_used_at DESC, id DESC
     LIMIT %(limit)s OFFSET %(offset)s
"""


def list_families(tx: Transaction, user_id: UUID, *, current_id: UUID, limit: int, offset: int) -> list[Session]:
    return tx.all(Session, _LIST_FAMILIES, user_id=user_id, current_id=current_id, limit=limit, offset=offset)


_COUNT_FAMILIES: Final = """
    SELECT count(*) FROM refresh_family
     WHERE user_id = %(user_id)s AND revoked_at IS NULL AND expires_at > now() AND ends_at > now()
"""


def count_families(tx: Transaction, user_id: UUID) -> int:
    return tx.count(_COUNT_FAMILIES, user_id=user_id)
