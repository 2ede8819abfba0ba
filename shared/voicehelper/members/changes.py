"""Changes of members: another role, removal, leaving. Either ends the member's sessions of this workspace; keys follow.

``functions/members/change_role.py`` and ``remove_member.py`` call it. A session's family is published before the
commit: if that fails, nothing has changed, and the call can be repeated.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.identity.api_keys.service import change_role_of_keys, end_keys_of
from voicehelper.identity.audit import record
from voicehelper.identity.ends import Ends
from voicehelper.identity.sessions import end_sessions_here
from voicehelper.members import store
from voicehelper.members.invitations import revoke_invitations_of
from voicehelper.members.models import Member
from voicehelper.members.roles import ADMINISTRATORS, LastOwnerError, Role, lock_workspace, require_role, role_of


def change_role(tenant: TenantDatabase, user_id: UUID, role: Role, *, caller: UUID, ends: Ends) -> Member:
    """Only owners make owners and lower them. The role that the member has already changes nothing."""
    with tenant.transaction() as tx:
        lock_workspace(tx)
        before = _require_power_over(tx, user_id, caller=caller, makes_owner=role == "owner")
        if before != role:
            _require_another_owner(tx, before)
            tx.run(_SET_ROLE, user_id=user_id, role=role)
            _end_powers(tx, user_id, role)
            record(tx, "member.role_changed", str(user_id), role=role)
            end_sessions_here(tx, ends.revocations, user_id)
            change_role_of_keys(tx, ends.keys, user_id, role)
        return store.get_member(tx, user_id)


def remove_member(tenant: TenantDatabase, user_id: UUID, *, caller: UUID, ends: Ends) -> None:
    """The member's grants, keys and sessions of this workspace end; bases and documents stay.

    Everybody may remove themselves, but for the last owner: LastOwnerError.
    """
    with tenant.transaction() as tx:
        lock_workspace(tx)
        before = role_of(tx, caller) if caller == user_id else _require_power_over(tx, user_id, caller=caller)
        _require_another_owner(tx, before)
        if not tx.run(_REMOVE, user_id=user_id):
            raise store.MemberNotFoundError
        revoke_invitations_of(tx, user_id)
        record(tx, "member.removed", str(user_id))
        end_sessions_here(tx, ends.revocations, user_id)
        end_keys_of(tx, ends.keys, user_id)


def _require_power_over(tx: Transaction, user_id: UUID, *, caller: UUID, makes_owner: bool = False) -> Role:
    """The member's role; RoleMissingError where the caller may not change it, MemberNotFoundError for nobody's."""
    require_role(tx, caller)
    if (role := role_of(tx, user_id)) is None:
        raise store.MemberNotFoundError
    require_role(tx, caller, owner=makes_owner or role == "owner")
    return role


_COUNT_OWNERS: Final = "SELECT count(*) FROM membership WHERE tenant_id = %(tenant_id)s AND role = 'owner'"


def _require_another_owner(tx: Transaction, role: Role | None) -> None:
    """For an owner who is to be one no longer."""
    if role == "owner" and tx.count(_COUNT_OWNERS) < 2:
        raise LastOwnerError


_SET_ROLE: Final = "UPDATE membership SET role = %(role)s WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s"
# Groups and grants go by their foreign keys.
_REMOVE: Final = "DELETE FROM membership WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s"


def _end_powers(tx: Transaction, user_id: UUID, role: Role) -> None:
    """Invitations that the new role could not make."""
    if role != "owner":
        revoke_invitations_of(tx, user_id, owners_alone=role in ADMINISTRATORS)
