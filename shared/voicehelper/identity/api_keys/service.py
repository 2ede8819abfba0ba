"""Makes, lists and ends keys, and ends or changes those of a member who leaves or gets another role.

Every function works in its caller's transaction and writes the authorizer's record as its last act, before the commit:
if writing fails, nothing has changed, and the call can be repeated.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.errors import UnauthenticatedError
from voicehelper.identity.api_keys import store
from voicehelper.identity.api_keys.models import CreatedKey, Key, NewKey
from voicehelper.identity.api_keys.secret import new_secret, read_secret
from voicehelper.identity.api_keys.table import KeyRecord, KeyTable
from voicehelper.identity.audit import record
from voicehelper.identity.scopes import require_scopes
from voicehelper.shapes.ids import new_id, show
from voicehelper.shapes.pages import Page, PageRequest


def create_key(tx: Transaction, table: KeyTable, new: NewKey, *, user_id: UUID) -> CreatedKey:
    """ScopeMissingError for a scope that the maker's role does not have. The caller has looked at the bases."""
    role = store.lock_role(tx, user_id)
    if role is None:
        raise UnauthenticatedError
    require_scopes([role], new.scopes)
    text, key_id = new_secret(), new_id()
    secret = read_secret(text)
    assert secret is not None
    row = store.insert_key(tx, key_id, new, secret, user_id=user_id)
    living = store.LivingKey(secret.prefix, key_id, secret.digest, new.scopes, new.expires_at)
    record(tx, "key.created", show("key", key_id), scopes=list(new.scopes))
    _publish(tx, table, living, user_id=user_id, role=role)
    return CreatedKey.of(row.shown(), text)


def _publish(tx: Transaction, table: KeyTable, key: store.LivingKey, *, user_id: UUID, role: str) -> None:
    published = KeyRecord(
        key_id=key.id,
        user_id=user_id,
        tenant_id=tx.tenant_id,
        digest=key.digest,
        role=role,
        scopes=tuple(key.scopes),
        expires_at=int(key.expires_at.timestamp()) if key.expires_at else 0,
    )
    table.publish(key.prefix, published)


def list_keys(tx: Transaction, table: KeyTable, page: PageRequest, *, user_id: UUID) -> Page[Key]:
    """The user's own keys; for owners and admins all of the workspace. The newest first."""
    rows = store.list_keys(tx, user_id, limit=page.page_size, offset=page.offset)
    uses = table.last_uses(tx.tenant_id)
    items = [row.shown(_moment(uses.get(row.prefix))) for row in rows]
    return Page.of(items, store.count_keys(tx, user_id), page)


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def revoke_key(tx: Transaction, table: KeyTable, key_id: UUID, *, user_id: UUID) -> None:
    """KeyNotFoundError unless the key is the user's, or the user an owner or admin of its workspace."""
    prefix = store.revoke_key(tx, key_id, user_id=user_id)
    record(tx, "key.revoked", show("key", key_id))
    table.forget(prefix, now=int(time.time()))


def end_keys_of(tx: Transaction, table: KeyTable, user_id: UUID) -> None:
    """For a member who leaves the workspace of the transaction, or is removed."""
    for prefix in store.revoke_keys_of(tx, user_id):
        table.forget(prefix, now=int(time.time()))


def change_role_of_keys(tx: Transaction, table: KeyTable, user_id: UUID, role: str) -> None:
    """For a member whose role in the workspace of the transaction changes: the keys follow."""
    for key in store.living_keys_of(tx, user_id):
        _publish(tx, table, key, user_id=user_id, role=role)
