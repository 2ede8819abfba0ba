"""Joining a workspace by an invitation, as somebody who has an account or as ``registration`` makes one.

``functions/members/accept_invitation.py`` calls it.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.errors import ForbiddenError
from voicehelper.identity import store as users
from voicehelper.identity.audit import record
from voicehelper.members.invitations import AlreadyMemberError, InvitationNotFoundError, Pending, find_invitation
from voicehelper.members.models import Workspace


class InvitationForAnotherError(ForbiddenError):
    """The invitation is for another address than the caller's."""

    code = "INVITATION_FOR_ANOTHER"


def accept_invitation(database: Database, token: str, *, user_id: UUID) -> Workspace:
    """The workspace that the user is a member of from now on; switching leads there."""
    with database.transaction() as tx:
        email = users.get_account(tx, user_id).email
    pending = find_for(database, token, email)
    with database.transaction(pending.tenant_id) as tx:
        join(tx, pending, user_id)
    return Workspace(id=pending.tenant_id, name=pending.workspace, role=pending.role, current=False)


def find_for(database: Database, token: str, email: str) -> Pending:
    """InvitationForAnotherError where the address is not the invited one."""
    with database.transaction() as tx:
        pending = find_invitation(tx, token, email=email)
    if not pending.is_for:
        raise InvitationForAnotherError
    return pending


# Of two who take it at once, the second finds it taken.
_TAKE: Final = """
    UPDATE invitation SET accepted_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND accepted_at IS NULL AND revoked_at IS NULL
       AND expires_at > now()
"""
_ADD_MEMBER: Final = """
    INSERT INTO membership (tenant_id, user_id, role) VALUES (%(tenant_id)s, %(user_id)s, %(role)s)
    ON CONFLICT DO NOTHING
"""
_GRANT_READING: Final = """
    INSERT INTO base_grant (kb_id, tenant_id, user_id, level)
    SELECT b.id, b.tenant_id, %(user_id)s, 1 FROM knowledge_base AS b
     WHERE b.tenant_id = %(tenant_id)s AND b.id = ANY(%(bases)s::uuid[]) AND b.status = 'active'
"""


def join(tx: Transaction, pending: Pending, user_id: UUID) -> None:
    """A base that has been deleted since is left out."""
    if not tx.run(_TAKE, id=pending.id):
        raise InvitationNotFoundError
    if not tx.run(_ADD_MEMBER, user_id=user_id, role=pending.role):
        raise AlreadyMemberError
    tx.run(_GRANT_READING, user_id=user_id, bases=list(pending.bases))
    record(tx, "member.joined", str(user_id), actor_id=user_id, role=pending.role)
