"""Invitations to a workspace: made by administrators, taken once by whoever has the invited address.

``functions/members`` makes, lists and revokes them; ``joining`` takes them. The token is nowhere but in the answer that
made it: 256 random bits, of which the SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.errors import ConflictError, NotFoundError
from voicehelper.identity.audit import record
from voicehelper.identity.models import Email
from voicehelper.index.bases import read_bases
from voicehelper.members.roles import Role, require_role
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import InvitationId, KnowledgeBaseId, UserId
from voicehelper.shapes.ids import new_id
from voicehelper.shapes.pages import Page, PageRequest

LIFE_S: Final = 7 * 24 * 3600
_TOKEN_BYTES: Final = 32


class InvitationNotFoundError(NotFoundError):
    """There is none, or it has been taken, has been revoked or has expired."""

    code = "INVITATION_NOT_FOUND"


class AlreadyMemberError(ConflictError):
    code = "ALREADY_MEMBER"


class NewInvitation(Body):
    """``bases`` are those that the new member may read besides the ones that the role opens."""

    email: Email
    role: Role
    bases: Annotated[list[KnowledgeBaseId], Field(max_length=100, default_factory=list)]


class InvitationLink(BaseModel):
    """Shown once. ``url`` has the token, which registering and accepting take."""

    id: InvitationId
    url: str
    token: str
    expires_at: datetime


class Invitation(BaseModel):
    """One that may still be taken; ``invited_by`` is None where that user has been deleted."""

    id: InvitationId
    email: str
    role: Role
    bases: list[KnowledgeBaseId]
    invited_by: UserId | None
    created_at: datetime
    expires_at: datetime


def invite(tenant: TenantDatabase, new: NewInvitation, *, caller: UUID, base_url: str) -> InvitationLink:
    """An earlier invitation of the same address ends. Only owners invite owners.

    AlreadyMemberError for a member's address, KnowledgeBaseNotFoundError for a base that is not there.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with tenant.transaction() as tx:
        require_role(tx, caller, owner=new.role == "owner")
        read_bases(tx, new.bases)
        if tx.count(_COUNT_MEMBERS, email=new.email):
            raise AlreadyMemberError(new.email)
        tx.run(_REVOKE_EARLIER, email=new.email)
        row = _insert(tx, new, token, caller)
        record(tx, "member.invited", new.email, role=new.role)
    return InvitationLink(id=row.id, url=f"{base_url}/?invitation={token}", token=token, expires_at=row.expires_at)


_COUNT_MEMBERS: Final = """
    SELECT count(*) FROM membership AS m JOIN app_user AS u ON u.id = m.user_id
     WHERE m.tenant_id = %(tenant_id)s AND lower(u.email) = lower(%(email)s)
"""
_REVOKE_EARLIER: Final = """
    UPDATE invitation SET revoked_at = now()
     WHERE tenant_id = %(tenant_id)s AND lower(email) = lower(%(email)s) AND accepted_at IS NULL AND revoked_at IS NULL
"""
_INSERT: Final = """
    INSERT INTO invitation (id, tenant_id, email, role, bases, token_hash, invited_by, expires_at)
    VALUES (%(id)s, %(tenant_id)s, %(email)s, %(role)s, %(bases)s::uuid[], %(token_hash)s, %(invited_by)s,
            now() + make_interval(secs => %(life_s)s))
    RETURNING id, expires_at
"""


@dataclass(frozen=True, slots=True)
class _Inserted:
    id: UUID
    expires_at: datetime


def _insert(tx: Transaction, new: NewInvitation, token: str, caller: UUID) -> _Inserted:
    values = {"email": new.email, "role": new.role, "bases": sorted(set(new.bases)), "token_hash": token_hash(token)}
    (row,) = tx.all(_Inserted, _INSERT, id=new_id(), **values, invited_by=caller, life_s=LIFE_S)
    return row


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


_PENDING: Final = """
    SELECT id, email, role, bases, invited_by, created_at, expires_at FROM invitation
     WHERE tenant_id = %(tenant_id)s AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()
     ORDER BY created_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT_PENDING: Final = """
    SELECT count(*) FROM invitation
     WHERE tenant_id = %(tenant_id)s AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()
"""


def list_invitations(tenant: TenantDatabase, page: PageRequest, *, caller: UUID) -> Page[Invitation]:
    """Those that may still be taken, the newest first."""
    with tenant.transaction() as tx:
        require_role(tx, caller)
        items = tx.all(Invitation, _PENDING, limit=page.page_size, offset=page.offset)
        return Page.of(items, tx.count(_COUNT_PENDING), page)


_REVOKE: Final = """
    UPDATE invitation SET revoked_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND accepted_at IS NULL AND revoked_at IS NULL
       AND expires_at > now()
"""


def revoke_invitation(tenant: TenantDatabase, invitation_id: UUID, *, caller: UUID) -> None:
    with tenant.transaction() as tx:
        require_role(tx, caller)
        if not tx.run(_REVOKE, id=invitation_id):
            raise InvitationNotFoundError


_REVOKE_OF: Final = """
    UPDATE invitation SET revoked_at = now()
     WHERE tenant_id = %(tenant_id)s AND invited_by = %(user_id)s AND accepted_at IS NULL AND revoked_at IS NULL
       AND (role = 'owner' OR NOT %(owners_alone)s)
"""


def revoke_invitations_of(tx: Transaction, user_id: UUID, *, owners_alone: bool = False) -> None:
    """What somebody invited who no longer may: otherwise a way back is left open. ``owners_alone``: only to owners."""
    tx.run(_REVOKE_OF, user_id=user_id, owners_alone=owners_alone)


@dataclass(frozen=True, slots=True)
class Pending:
    """An invitation as its token finds it; ``is_for`` says whether it is for the address that was asked about."""

    id: UUID
    tenant_id: UUID
    role: Role
    bases: Sequence[UUID]
    workspace: str
    is_for: bool


_FIND: Final = """
    SELECT i.id, i.tenant_id, i.role, i.bases, t.name AS workspace, lower(i.email) = lower(%(email)s) AS is_for
      FROM invitation AS i JOIN tenant AS t ON t.id = i.tenant_id
     WHERE i.token_hash = %(token_hash)s AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now()
"""


def find_invitation(tx: Transaction, token: str, *, email: str) -> Pending:
    """Before a workspace is known: the token says which."""
    if pending := tx.one(Pending, _FIND, token_hash=token_hash(token), email=email):
        return pending
    raise InvitationNotFoundError
