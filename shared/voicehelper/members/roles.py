"""Roles in a workspace as the database has them now: a token says what its bearer was when it was issued.

``require_role`` is the entry of everything that changes members, groups or invitations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.errors import ConflictError, ForbiddenError

Role = Literal["owner", "admin", "editor", "reader"]
ADMINISTRATORS: Final[tuple[Role, ...]] = ("owner", "admin")


class RoleMissingError(ForbiddenError):
    """The caller's role does not allow this; ``details`` has the least ``role`` that does."""

    code = "ROLE_MISSING"


class LastOwnerError(ConflictError):
    """A workspace has at least one owner."""

    code = "LAST_OWNER"


@dataclass(frozen=True, slots=True)
class _Membership:
    role: Role


_ROLE: Final = "SELECT role FROM membership WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s"


def role_of(tx: Transaction, user_id: UUID) -> Role | None:
    """None for somebody who is no member of the workspace."""
    membership = tx.one(_Membership, _ROLE, user_id=user_id)
    return membership.role if membership else None


def require_role(tx: Transaction, user_id: UUID, *, owner: bool = False) -> Role:
    """The member's role, if it is that of an administrator, or of an owner where it must be; RoleMissingError else."""
    role = role_of(tx, user_id)
    if role not in (("owner",) if owner else ADMINISTRATORS):
        raise RoleMissingError(details={"role": "owner" if owner else "admin"})
    return role


_LOCK: Final = "SELECT 1 FROM tenant WHERE id = %(tenant_id)s FOR UPDATE"


def lock_workspace(tx: Transaction) -> None:
    """Changes of members wait for each other, so that of two last owners only one can go."""
    tx.run(_LOCK)
