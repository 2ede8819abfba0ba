"""``BudgetStore``: what calls of models may still cost in a month (UTC), in PostgreSQL.

A workspace, a member and a key have each a budget, if one is set; a call must fit into all of those that it concerns.
A reservation is one statement: it locks their sums in one order, so that calls at the same time neither miss each other
nor wait for each other in a circle. What a call that died has reserved is given back when it would keep others from
calling.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.models.errors import BudgetExceededError
from voicehelper.observability.logs import logger
from voicehelper.observability.metrics import count
from voicehelper.shapes.ids import NOWHERE, new_id
from voicehelper.shapes.viewer import Viewer

RESERVATION_S: Final = 300  # no invocation that answers a question lives as long

# The nil id is the workspace, whose budget is never above the deployment's own.
_LIMITS: Final = f"""
    limits AS (
        SELECT subject_id, min(limit_usd) AS limit_usd
          FROM (SELECT b.subject_id, b.limit_usd FROM budget AS b
                 WHERE b.tenant_id = %(tenant_id)s AND b.subject_id = ANY(%(subjects)s)
                UNION ALL
                SELECT '{NOWHERE}'::uuid, %(limit_usd)s::numeric WHERE %(limit_usd)s::numeric > 0) AS set
         GROUP BY subject_id
    )"""  # noqa: S608  (a constant)

RESERVE: Final = f"""
    WITH {_LIMITS}, locked AS MATERIALIZED (
        SELECT m.subject_id, m.month, m.used_usd + m.reserved_usd + %(usd)s::numeric <= limits.limit_usd AS fits
          FROM model_budget AS m JOIN limits USING (subject_id)
         WHERE m.tenant_id = %(tenant_id)s AND m.month = date_trunc('month', now() AT TIME ZONE 'UTC')::date
         ORDER BY m.subject_id
           FOR UPDATE OF m
    ), fitting AS (
        SELECT * FROM locked
         WHERE (SELECT count(*) FROM locked WHERE fits) = (SELECT count(*) FROM limits)
    ), reserved AS (
        UPDATE model_budget AS m SET reserved_usd = m.reserved_usd + %(usd)s::numeric
          FROM fitting
         WHERE m.tenant_id = %(tenant_id)s AND m.month = fitting.month AND m.subject_id = fitting.subject_id
        RETURNING m.subject_id, m.month
    ), made AS (
        INSERT INTO model_reservation (id, tenant_id, month, usd, subject_ids, expires_at)
        SELECT %(id)s, %(tenant_id)s, month, %(usd)s::numeric, array_agg(subject_id),
               now() + %(seconds)s * interval '1 second'
          FROM reserved GROUP BY month
        RETURNING id
    )
    SELECT (SELECT count(*) FROM limits) AS limits, (SELECT count(*) FROM made) AS made
"""  # noqa: S608  (a constant)

# A budget that was set in the course of a month begins with what has been charged in it.
OPEN_MONTH: Final = f"""
    WITH {_LIMITS}
    INSERT INTO model_budget (tenant_id, month, subject_id, used_usd)
    SELECT %(tenant_id)s, date_trunc('month', now() AT TIME ZONE 'UTC')::date, limits.subject_id,
           (SELECT coalesce(sum(u.cost_usd), 0) FROM usage_sum AS u
             WHERE u.tenant_id = %(tenant_id)s AND u.day >= date_trunc('month', now() AT TIME ZONE 'UTC')::date
               AND CASE WHEN limits.subject_id = '{NOWHERE}' THEN u.by = 'day'
                        ELSE u.by IN ('user', 'key') AND u.id = limits.subject_id::text END)
      FROM limits
     ORDER BY limits.subject_id
    ON CONFLICT DO NOTHING
"""  # noqa: S608  (a constant)

EXPIRE: Final = """
    WITH expired AS (
        DELETE FROM model_reservation WHERE tenant_id = %(tenant_id)s AND expires_at <= now()
        RETURNING month, usd, subject_ids
    ), sums AS (
        SELECT month, subject_id, sum(usd) AS usd FROM expired CROSS JOIN unnest(subject_ids) AS subject_id
         GROUP BY month, subject_id
    ), locked AS MATERIALIZED (
        SELECT m.subject_id, m.month, sums.usd
          FROM model_budget AS m JOIN sums USING (month, subject_id)
         WHERE m.tenant_id = %(tenant_id)s
         ORDER BY m.subject_id, m.month
           FOR UPDATE OF m
    )
    UPDATE model_budget AS budget
       SET reserved_usd = greatest(reserved_usd - locked.usd, 0)
      FROM locked
     WHERE budget.tenant_id = %(tenant_id)s AND budget.month = locked.month AND budget.subject_id = locked.subject_id
"""

SETTLE: Final = """
    WITH settled AS (
        DELETE FROM model_reservation WHERE id = %(id)s AND tenant_id = %(tenant_id)s
        RETURNING month, usd, subject_ids
    ), locked AS MATERIALIZED (
        SELECT m.subject_id, m.month, settled.usd
          FROM model_budget AS m JOIN settled ON m.month = settled.month AND m.subject_id = ANY(settled.subject_ids)
         WHERE m.tenant_id = %(tenant_id)s
         ORDER BY m.subject_id
           FOR UPDATE OF m
    )
    UPDATE model_budget AS budget
       SET reserved_usd = greatest(reserved_usd - locked.usd, 0), used_usd = used_usd + %(usd)s::numeric
      FROM locked
     WHERE budget.tenant_id = %(tenant_id)s AND budget.month = locked.month AND budget.subject_id = locked.subject_id
"""

# Of those that do not hold the call, the one of which the least is left.
GET_TIGHTEST: Final = f"""
    WITH {_LIMITS}
    SELECT limits.subject_id, limits.limit_usd::float8 AS limit_usd, m.used_usd::float8 AS used_usd,
           (m.month + interval '1 month') AT TIME ZONE 'UTC' AS resets_at
      FROM limits JOIN model_budget AS m USING (subject_id)
     WHERE m.tenant_id = %(tenant_id)s AND m.month = date_trunc('month', now() AT TIME ZONE 'UTC')::date
     ORDER BY m.used_usd + m.reserved_usd + %(usd)s::numeric <= limits.limit_usd,
              limits.limit_usd - m.used_usd - m.reserved_usd
     LIMIT 1
"""  # noqa: S608  (a constant)


@dataclass(frozen=True, slots=True)
class _Reserved:
    limits: int
    made: int


@dataclass(frozen=True, slots=True)
class _Budget:
    subject_id: UUID
    limit_usd: float
    used_usd: float
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class BudgetStore:
    """Implements ``Ledger`` in transactions of its own, so that none is open while a model is called.

    ``limit_usd`` is the deployment's for each tenant; 0 is none.
    """

    database: Database
    limit_usd: float

    def reserve(self, tenant: str, viewer: Viewer | None, usd: float) -> UUID | None:
        """None where no budget is set for the call."""
        tenant_id = UUID(tenant)
        if not self.limit_usd and self.database.lacks_budgets(tenant_id):
            return None
        values = self._values(viewer, usd)
        with self.database.transaction(tenant_id) as tx:
            reserved = _reserve(tx, values)
            if reserved.limits and not reserved.made:
                tx.run(OPEN_MONTH, **values)
                tx.run(EXPIRE)
                reserved = _reserve(tx, values)
            refusing = tx.one(_Budget, GET_TIGHTEST, **values) if reserved.limits and not reserved.made else None
        # Raised outside the transaction, which has given back what had expired.
        if refusing is not None:
            if refusing.subject_id == NOWHERE:
                _report(tenant_id)
            raise BudgetExceededError(details=_details(refusing))
        return values["id"] if reserved.made else None

    def settle(self, tenant: str, reservation: UUID, usd: float) -> None:
        """Nothing happens for a reservation that was settled before or has expired."""
        with self.database.transaction(UUID(tenant)) as tx:
            tx.run(SETTLE, id=reservation, usd=usd)

    def _values(self, viewer: Viewer | None, usd: float) -> dict[str, Any]:
        subjects = [NOWHERE, viewer and viewer.user_id, viewer and viewer.key_id]
        values = {"id": new_id(), "usd": usd, "limit_usd": self.limit_usd, "seconds": RESERVATION_S}
        return values | {"subjects": [subject for subject in subjects if subject is not None]}


def _reserve(tx: Transaction, values: dict[str, Any]) -> _Reserved:
    return tx.one(_Reserved, RESERVE, **values) or _Reserved(0, 0)


def _report(tenant_id: UUID) -> None:
    """A workspace is over its month's budget. The alarm's metric has no name in it; the log line has its digest."""
    count("TenantsOverBudget")
    logger().warning("over the month's budget", extra={"tenant": hashlib.sha256(tenant_id.bytes).hexdigest()[:16]})


def _details(budget: _Budget) -> dict[str, float | str]:
    resets_at = budget.resets_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"limit_usd": budget.limit_usd, "used_usd": round(budget.used_usd, 6), "resets_at": resets_at}
