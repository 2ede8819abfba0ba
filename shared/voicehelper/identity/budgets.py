"""Budgets of a workspace, its members and its keys: what each may spend on hosted models in a month (UTC).

``list_budgets``, ``put_budget`` and ``remove_budget`` serve ``functions/identity``; ``models.budget_store`` holds calls
to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from voicehelper.adapters.database import TenantDatabase
from voicehelper.errors import NotFoundError
from voicehelper.identity.audit import record
from voicehelper.identity.budget_sums import MONTH
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.ids import NOWHERE, parse, parse_plain, show
from voicehelper.shapes.pages import Page, PageRequest

Kind = Literal["workspace", "user", "key"]
WORKSPACE: Final = "workspace"


class BudgetNotFoundError(NotFoundError):
    """No member, no key, or no budget of that name."""

    code = "BUDGET_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose budget it is; the workspace has the nil id."""

    kind: Kind
    id: UUID

    @property
    def text(self) -> str:
        """As the API names it."""
        return {"workspace": WORKSPACE, "key": show("key", self.id)}.get(self.kind, str(self.id))


def subject_of(text: str) -> Subject:
    """What names nobody is a member without id, whom nobody finds."""
    if text == WORKSPACE:
        return Subject("workspace", NOWHERE)
    if (key_id := parse("key", text)) != NOWHERE:
        return Subject("key", key_id)
    return Subject("user", parse_plain(text))


class NewBudget(Body):
    """US dollars a month; 0 allows no call that costs."""

    limit_usd: Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)]


class Budget(BaseModel):
    """``id`` is what the paths of budgets take, ``name`` an address or a key's name, empty of the workspace.

    ``used_usd`` is what was spent in the month that ends at ``resets_at``; ``reserved_usd`` is the most that calls
    under way may cost.
    """

    id: str
    kind: Kind
    name: str
    limit_usd: float
    used_usd: float
    reserved_usd: float
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    subject_id: UUID
    kind: Kind
    name: str
    limit_usd: float
    used_usd: float
    reserved_usd: float
    resets_at: datetime

    def shown(self) -> Budget:
        values = {name: getattr(self, name) for name in Budget.model_fields if name != "id"}
        return Budget(id=Subject(self.kind, self.subject_id).text, **values)


# What was charged in this month to the workspace (the nil id), or to one of its members or keys.
_CHARGED: Final = f"""
    (SELECT coalesce(sum(u.cost_usd), 0) FROM usage_sum AS u
      WHERE u.tenant_id = %(tenant_id)s AND u.day >= {MONTH}
        AND CASE WHEN limits.subject_id = '{NOWHERE}' THEN u.by = 'day'
                 ELSE u.by IN ('user', 'key') AND u.id = limits.subject_id::text END)"""  # noqa: S608  (a constant)

_LIMITS: Final = f"""
    limits AS (
      SELECT subject_id, kind, min(limit_usd) AS limit_usd
        FROM (SELECT b.subject_id, b.kind, b.limit_usd FROM budget AS b WHERE b.tenant_id = %(tenant_id)s
              UNION ALL
              SELECT '{NOWHERE}'::uuid, 'workspace', %(most_usd)s::numeric WHERE %(most_usd)s::numeric > 0) AS set
       WHERE %(subject_id)s::uuid IS NULL OR subject_id = %(subject_id)s
       GROUP BY subject_id, kind)"""  # noqa: S608  (a constant)

LIST_BUDGETS: Final = f"""
    WITH {_LIMITS}
    SELECT limits.subject_id, limits.kind, limits.limit_usd::float8 AS limit_usd,
           coalesce(m.used_usd, {_CHARGED})::float8 AS used_usd, coalesce(m.reserved_usd, 0)::float8 AS reserved_usd,
           ({MONTH} + interval '1 month') AT TIME ZONE 'UTC' AS resets_at,
           coalesce(u.email, k.name || ' (' || k.prefix || ')', '') AS name
      FROM limits
      LEFT JOIN model_budget AS m
        ON m.tenant_id = %(tenant_id)s AND m.month = {MONTH} AND m.subject_id = limits.subject_id
      LEFT JOIN app_user AS u ON limits.kind = 'user' AND u.id = limits.subject_id
      LEFT JOIN api_key AS k ON limits.kind = 'key' AND k.id = limits.subject_id AND k.tenant_id = %(tenant_id)s
     ORDER BY array_position(ARRAY['workspace', 'user', 'key'], limits.kind), name, limits.subject_id
     LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608  (a constant)

COUNT_BUDGETS: Final = f"WITH {_LIMITS} SELECT count(*) FROM limits"  # noqa: S608  (a constant)

PUT_BUDGET: Final = """
    INSERT INTO budget (tenant_id, subject_id, kind, limit_usd)
    SELECT %(tenant_id)s, %(subject_id)s, %(kind)s, %(limit_usd)s::numeric
     WHERE CASE %(kind)s
             WHEN 'workspace' THEN true
             WHEN 'user' THEN EXISTS (SELECT FROM membership AS m
                                       WHERE m.tenant_id = %(tenant_id)s AND m.user_id = %(subject_id)s)
             ELSE EXISTS (SELECT FROM api_key AS k
                           WHERE k.tenant_id = %(tenant_id)s AND k.id = %(subject_id)s AND k.revoked_at IS NULL) END
    ON CONFLICT (tenant_id, subject_id) DO UPDATE SET limit_usd = excluded.limit_usd, set_at = now()
"""

# A budget that is set in the course of a month begins with what has been charged in it.
OPEN_MONTH: Final = f"""
    WITH limits AS (SELECT %(subject_id)s::uuid AS subject_id)
    INSERT INTO model_budget AS m (tenant_id, month, subject_id, used_usd)
    SELECT %(tenant_id)s, {MONTH}, limits.subject_id, {_CHARGED} FROM limits
    ON CONFLICT (tenant_id, month, subject_id) DO UPDATE SET used_usd = greatest(m.used_usd, excluded.used_usd)
"""  # noqa: S608  (a constant)

REMOVE_BUDGET: Final = "DELETE FROM budget WHERE tenant_id = %(tenant_id)s AND subject_id = %(subject_id)s"
# Calls under way settle nothing then; whoever sets the budget again begins with what has been charged.
FORGET_MONTHS: Final = "DELETE FROM model_budget WHERE tenant_id = %(tenant_id)s AND subject_id = %(subject_id)s"


def list_budgets(tenant: TenantDatabase, page: PageRequest, *, most_usd: float) -> Page[Budget]:
    """``most_usd`` is what the deployment allows each workspace; 0 is no bound."""
    values = {"subject_id": None, "most_usd": most_usd}
    with tenant.transaction() as tx:
        rows = tx.all(_Row, LIST_BUDGETS, limit=page.page_size, offset=page.offset, **values)
        return Page.of([row.shown() for row in rows], tx.count(COUNT_BUDGETS, **values), page)


def put_budget(tenant: TenantDatabase, subject: Subject, limit_usd: float, *, most_usd: float) -> Budget:
    """BudgetNotFoundError for whoever is no member, or no living key, of the workspace."""
    with tenant.transaction() as tx:
        if not tx.run(PUT_BUDGET, subject_id=subject.id, kind=subject.kind, limit_usd=limit_usd):
            raise BudgetNotFoundError
        tx.run(OPEN_MONTH, subject_id=subject.id)
        record(tx, "budget.changed", subject.text, limit_usd=limit_usd)
        row = tx.one(_Row, LIST_BUDGETS, subject_id=subject.id, most_usd=most_usd, limit=1, offset=0)
        assert row is not None, "it was set just now"
        return row.shown()


def remove_budget(tenant: TenantDatabase, subject: Subject) -> None:
    """BudgetNotFoundError where none was set; what the deployment allows stays."""
    with tenant.transaction() as tx:
        if not tx.run(REMOVE_BUDGET, subject_id=subject.id):
            raise BudgetNotFoundError
        tx.run(FORGET_MONTHS, subject_id=subject.id)
        record(tx, "budget.changed", subject.text, limit_usd=None)
