"""Deleting one's account. Entry: ``delete_account``, of ``functions/identity/delete_me.py``.

Conversations, tasks, keys, sessions and memberships go with the user's row. A workspace without other members is
closed: its bases go as if each was deleted. What the user uploaded to a workspace of others stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.queues import Queue
from voicehelper.identity import service
from voicehelper.identity import store as users
from voicehelper.identity.api_keys.service import end_keys_of
from voicehelper.identity.attempts import Attempt, Origin
from voicehelper.identity.ends import Ends
from voicehelper.identity.limits import Limits
from voicehelper.identity.sessions import end_all_sessions
from voicehelper.identity.store import Account
from voicehelper.ingestion.events import PurgeRequested
from voicehelper.knowledge import store as knowledge
from voicehelper.knowledge.lifecycle import request_purge
from voicehelper.members.roles import LastOwnerError
from voicehelper.shapes.bodies import Body


class AccountDeletion(Body):
    password: Annotated[str, Field(max_length=256)]


def delete_account(
    database: Database,
    deletion: AccountDeletion,
    *,
    user_id: UUID,
    ends: Ends,
    uploads: Queue,
    origin: Origin,
    limits: Limits,
) -> None:
    """InvalidCredentialsError for a wrong password, which counts as a failed sign-in.

    LastOwnerError, and nothing changed, for the last owner of a workspace that has other members.
    """
    account = _confirmed(database, deletion, user_id, origin=origin, limits=limits)
    with database.transaction() as tx:
        workspaces = _lock_workspaces(tx, user_id)
        if stuck := [str(workspace.id) for workspace in workspaces if workspace.is_stuck]:
            raise LastOwnerError(details={"workspaces": stuck})
        purges = [purge for workspace in workspaces if not workspace.others for purge in _close(tx, workspace.id)]
        tx.run(_REVOKE_INVITATIONS, user_id=user_id)
        end_all_sessions(tx, ends.revocations, user_id)
        for workspace in workspaces:
            end_keys_of(_inside(tx, workspace.id), ends.keys, user_id)
        if not tx.run(_DELETE, user_id=user_id, password_hash=account.password_hash):
            raise service.InvalidCredentialsError  # the password was changed meanwhile
    for purge in purges:
        request_purge(uploads, purge)


def _confirmed(
    database: Database, deletion: AccountDeletion, user_id: UUID, *, origin: Origin, limits: Limits
) -> Account:
    with database.transaction() as tx:
        found = users.get_account(tx, user_id)
        attempt = Attempt(limits, found.email, origin.network)
        attempt.require_allowed(tx)
    return service.require_password(database, attempt, found, deletion.password)


@dataclass(frozen=True, slots=True)
class _Workspace:
    """``others`` counts the other members, ``owners`` the other owners."""

    id: UUID
    role: str
    others: int
    owners: int

    @property
    def is_stuck(self) -> bool:
        return self.role == "owner" and self.others > 0 and self.owners == 0


# In one order, as whoever deletes another account may lock the same ones. Nobody joins a locked workspace.
_LOCK: Final = """
    SELECT 1 FROM tenant WHERE id IN (SELECT m.tenant_id FROM membership AS m WHERE m.user_id = %(user_id)s)
     ORDER BY id FOR UPDATE
"""
# Before families, as signing in and refreshing do.
_LOCK_MEMBERSHIPS: Final = "SELECT 1 FROM membership WHERE user_id = %(user_id)s ORDER BY tenant_id FOR UPDATE"
_WORKSPACES: Final = """
    SELECT m.tenant_id AS id, m.role, count(o.user_id) AS others,
           count(o.user_id) FILTER (WHERE o.role = 'owner') AS owners
      FROM membership AS m
      LEFT JOIN membership AS o ON o.tenant_id = m.tenant_id AND o.user_id <> m.user_id
     WHERE m.user_id = %(user_id)s GROUP BY m.tenant_id, m.role
"""


def _lock_workspaces(tx: Transaction, user_id: UUID) -> Sequence[_Workspace]:
    tx.run(_LOCK, user_id=user_id)
    tx.run(_LOCK_MEMBERSHIPS, user_id=user_id)
    return tx.all(_Workspace, _WORKSPACES, user_id=user_id)


@dataclass(frozen=True, slots=True)
class _Base:
    id: UUID


# The name of a workspace is often that of its owner.
_ENTER: Final = "SELECT set_config('app.tenant_id', %(tenant_id)s::text, true)"
_BASES: Final = "SELECT id FROM knowledge_base WHERE tenant_id = %(tenant_id)s AND status = 'active'"
_FORGET_NAME: Final = "UPDATE tenant SET name = '' WHERE id = %(tenant_id)s"


def _close(tx: Transaction, tenant_id: UUID) -> list[PurgeRequested]:
    """Takes the workspace's bases out of every answer."""
    inside = _inside(tx, tenant_id)
    inside.run(_FORGET_NAME)
    bases = inside.all(_Base, _BASES)
    for base in bases:
        knowledge.mark_base_deleting(inside, base.id)
    return [PurgeRequested(tenant_id=tenant_id, kb_id=base.id) for base in bases]


def _inside(tx: Transaction, tenant_id: UUID) -> Transaction:
    """The rest of the transaction is this workspace's, until the next is entered."""
    inside = Transaction(tx.connection, tenant_id)
    inside.run(_ENTER)
    return inside


_REVOKE_INVITATIONS: Final = """
    UPDATE invitation SET revoked_at = now()
     WHERE invited_by = %(user_id)s AND accepted_at IS NULL AND revoked_at IS NULL
"""
_DELETE: Final = "DELETE FROM app_user WHERE id = %(user_id)s AND password_hash = %(password_hash)s"
