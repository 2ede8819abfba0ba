"""What was spent without asking budgets first, such as a question's vector; ``usage`` and ``ingestion`` call it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.shapes.ids import NOWHERE
from voicehelper.shapes.viewer import Viewer

MONTH: Final = "date_trunc('month', now() AT TIME ZONE 'UTC')::date"

ADD_TO_BUDGETS: Final = f"""
    WITH locked AS MATERIALIZED (
      SELECT subject_id FROM model_budget
       WHERE tenant_id = %(tenant_id)s AND month = {MONTH} AND subject_id = ANY(%(subjects)s)
       ORDER BY subject_id FOR UPDATE)
    UPDATE model_budget AS m SET used_usd = m.used_usd + %(usd)s::numeric
      FROM locked
     WHERE m.tenant_id = %(tenant_id)s AND m.month = {MONTH} AND m.subject_id = locked.subject_id
"""  # noqa: S608  (a constant)


def add_to_budgets(tx: Transaction, usd: float, spender: Viewer | None = None) -> None:
    """To those of the workspace, the member and the key; the spender is the transaction's viewer by default."""
    spender = spender or tx.viewer
    if tx.has_budgets and spender and usd > 0:
        tx.run(ADD_TO_BUDGETS, subjects=_subjects(spender), usd=usd)


def _subjects(spender: Viewer) -> list[UUID]:
    return [NOWHERE, spender.user_id, *([spender.key_id] if spender.key_id else [])]
