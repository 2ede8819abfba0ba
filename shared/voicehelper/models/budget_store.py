"""``BudgetStore``: what each tenant's calls of models cost in each month (UTC), in PostgreSQL.

A reservation is one UPDATE with the limit as its condition: PostgreSQL checks it again on the newest row if another
call was faster. What a call that died has reserved is given back when it would keep others from calling.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.models.errors import BudgetExceededError
from voicehelper.shapes.ids import new_id

RESERVATION_S: Final = 300  # no invocation that answers a question lives as long

RESERVE: Final = """
    WITH reserved AS (
        UPDATE model_budget
           SET reserved_usd = reserved_usd + %(usd)s::numeric
         WHERE tenant_id = %(tenant_id)s
           AND month = date_trunc('month', now() AT TIME ZONE 'UTC')::date
           AND used_usd + reserved_usd + %(usd)s::numeric <= %(limit_usd)s::numeric
        RETURNING month
    )
    INSERT INTO model_reservation (id, tenant_id, month, usd, expires_at)
    SELECT %(id)s, %(tenant_id)s, month, %(usd)s::numeric, now() + %(seconds)s * interval '1 second' FROM reserved
"""

OPEN_MONTH: Final = """
    INSERT INTO model_budget (tenant_id, month)
    VALUES (%(tenant_id)s, date_trunc('month', now() AT TIME ZONE 'UTC')::date)
    ON CONFLICT DO NOTHING
"""

EXPIRE: Final = """
    WITH expired AS (
        DELETE FROM model_reservation WHERE tenant_id = %(tenant_id)s AND expires_at <= now() RETURNING month, usd
    ), sums AS (
        SELECT month, sum(usd) AS usd FROM expired GROUP BY month
    )
    UPDATE model_budget AS budget
       SET reserved_usd = reserved_usd - sums.usd
      FROM sums
     WHERE budget.tenant_id = %(tenant_id)s AND budget.month = sums.month
"""

SETTLE: Final = """
    WITH settled AS (
        DELETE FROM model_reservation WHERE id = %(id)s AND tenant_id = %(tenant_id)s RETURNING month, usd
    )
    UPDATE model_budget AS budget
       SET reserved_usd = reserved_usd - settled.usd, used_usd = used_usd + %(usd)s::numeric
      FROM settled
     WHERE budget.tenant_id = %(tenant_id)s AND budget.month = settled.month
"""

GET_MONTH: Final = """
    SELECT used_usd::float8 AS used_usd,
           (month + interval '1 month') AT TIME ZONE 'UTC' AS resets_at
      FROM model_budget
     WHERE tenant_id = %(tenant_id)s AND month = date_trunc('month', now() AT TIME ZONE 'UTC')::date
"""


@dataclass(frozen=True, slots=True)
class Month:
    used_usd: float
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class BudgetStore:
    """Implements ``Ledger`` in transactions of its own, so that none is open while a model is called."""

    database: Database
    limit_usd: float

    def reserve(self, tenant: str, usd: float) -> UUID:
        reservation = new_id()
        with self.database.transaction(UUID(tenant)) as tx:
            reserved = self._try_to_reserve(tx, reservation, usd)
            if not reserved:
                tx.run(OPEN_MONTH)
                tx.run(EXPIRE)
                reserved = self._try_to_reserve(tx, reservation, usd)
            month = None if reserved else tx.one(Month, GET_MONTH)
        # Raised outside the transaction, which has given back what had expired.
        if month is not None:
            raise BudgetExceededError(details=self._details(month))
        return reservation

    def settle(self, tenant: str, reservation: UUID, usd: float) -> None:
        """Nothing happens for a reservation that was settled before or has expired."""
        with self.database.transaction(UUID(tenant)) as tx:
            tx.run(SETTLE, id=reservation, usd=usd)

    def _try_to_reserve(self, tx: Transaction, reservation: UUID, usd: float) -> bool:
        values = {"id": reservation, "usd": usd, "limit_usd": self.limit_usd, "seconds": RESERVATION_S}
        return tx.run(RESERVE, **values) == 1

    def _details(self, month: Month) -> dict[str, float | str]:
        resets_at = month.resets_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"limit_usd": self.limit_usd, "used_usd": round(month.used_usd, 6), "resets_at": resets_at}
