"""Who may do what with one base: whether it is open to the workspace, and the grants of members and groups besides.

``functions/knowledge/get_access.py`` and ``put_access.py`` call it; what a grant means is said by ``app.rights``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from uuid import UUID

from psycopg import errors as pg_errors
from pydantic import Field, field_validator, model_validator

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.errors import NotFoundError
from voicehelper.identity.audit import record
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.rights import RIGHTS, Right, require_right
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import GroupId, UserId
from voicehelper.shapes.ids import show

MOST_GRANTS: Final = 1000


class GranteeNotFoundError(NotFoundError):
    """A grant names a member or a group that the workspace does not have."""

    code = "GRANTEE_NOT_FOUND"


class Grant(Body):
    """What one member, or the members of one group, may do; each right includes those before it."""

    member: UserId | None = None
    group: GroupId | None = None
    right: Right

    @model_validator(mode="after")
    def _names_one(self) -> Grant:
        if (self.member is None) == (self.group is None):
            raise ValueError("GRANT_NAMES_ONE")
        return self

    @property
    def grantee(self) -> tuple[UUID | None, UUID | None]:
        return self.member, self.group


class Access(Body):
    """The whole of it: a grant that is not here is none."""

    visibility: Literal["workspace", "restricted"]
    grants: Annotated[list[Grant], Field(max_length=MOST_GRANTS)]

    @field_validator("grants")
    @classmethod
    def _name_each_once(cls, grants: list[Grant]) -> list[Grant]:
        if len({grant.grantee for grant in grants}) < len(grants):
            raise ValueError("GRANT_REPEATED")
        return grants


def get_access(tenant: TenantDatabase, kb_id: UUID) -> Access:
    """RightMissingError for callers who see the base and do not manage it."""
    with tenant.transaction() as tx:
        require_right(tx, kb_id, "manage")
        return _read(tx, kb_id)


def put_access(tenant: TenantDatabase, kb_id: UUID, access: Access) -> Access:
    """Replace all of it. GranteeNotFoundError, and nothing changed, for a member or group that is not there.

    Who may read a base is asked anew by every transaction, so what is taken here is lost at the next call.
    """
    with tenant.transaction() as tx:
        require_right(tx, kb_id, "manage")
        _set_visibility(tx, kb_id, access.visibility)
        tx.run(_REVOKE_ALL, kb_id=kb_id)
        _insert(tx, kb_id, access.grants)
        record(tx, "access.changed", show("kb", kb_id), visibility=access.visibility, grants=len(access.grants))
        return _read(tx, kb_id)


@dataclass(frozen=True, slots=True)
class _Visibility:
    visibility: Literal["workspace", "restricted"]


@dataclass(frozen=True, slots=True)
class _GrantRow:
    user_id: UUID | None
    group_id: UUID | None
    level: int


_VISIBILITY: Final = """
    SELECT visibility FROM knowledge_base WHERE tenant_id = %(tenant_id)s AND id = %(kb_id)s AND status = 'active'
"""
_GRANTS: Final = """
    SELECT user_id, group_id, level FROM base_grant WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s
     ORDER BY group_id NULLS FIRST, user_id
"""


def _read(tx: Transaction, kb_id: UUID) -> Access:
    if not (base := tx.one(_Visibility, _VISIBILITY, kb_id=kb_id)):
        raise KnowledgeBaseNotFoundError
    rows = tx.all(_GrantRow, _GRANTS, kb_id=kb_id)
    grants = [Grant(member=row.user_id, group=row.group_id, right=RIGHTS[row.level - 1]) for row in rows]
    return Access(visibility=base.visibility, grants=grants)


# Whoever replaces the grants of one base at the same time waits for this row.
_SET_VISIBILITY: Final = """
    UPDATE knowledge_base SET visibility = %(visibility)s
     WHERE tenant_id = %(tenant_id)s AND id = %(kb_id)s AND status = 'active'
"""
_REVOKE_ALL: Final = "DELETE FROM base_grant WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s"


def _set_visibility(tx: Transaction, kb_id: UUID, visibility: str) -> None:
    if not tx.run(_SET_VISIBILITY, kb_id=kb_id, visibility=visibility):
        raise KnowledgeBaseNotFoundError


# Members and groups of this tenant alone: a foreign key looks past the policies of tenants.
_GRANT: Final = """
    INSERT INTO base_grant (kb_id, tenant_id, user_id, group_id, level)
    SELECT %(kb_id)s, %(tenant_id)s, n.user_id, n.group_id, n.level
      FROM unnest(%(users)s::uuid[], %(groups)s::uuid[], %(levels)s::int[]) AS n (user_id, group_id, level)
     WHERE EXISTS (SELECT FROM membership AS m WHERE m.tenant_id = %(tenant_id)s AND m.user_id = n.user_id)
        OR EXISTS (SELECT FROM member_group AS g WHERE g.tenant_id = %(tenant_id)s AND g.id = n.group_id)
"""


def _insert(tx: Transaction, kb_id: UUID, grants: Sequence[Grant]) -> None:
    values = {
        "users": [grant.member for grant in grants],
        "groups": [grant.group for grant in grants],
        "levels": [RIGHTS.index(grant.right) + 1 for grant in grants],
    }
    try:
        inserted = tx.run(_GRANT, kb_id=kb_id, **values)
    except pg_errors.ForeignKeyViolation as error:  # removed between the two looks of the statement
        raise GranteeNotFoundError from error
    if inserted < len(grants):
        raise GranteeNotFoundError
