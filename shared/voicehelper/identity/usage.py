"""What a workspace uses, summed up by day (UTC), user, key, base and model.

``charge`` adds to it, in a transaction that exists anyway; statements of ``ingestion`` and ``agents`` add in passing.
``read_usage`` serves ``functions/identity/get_usage.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel

from voicehelper.adapters.database import Transaction
from voicehelper.identity.budget_sums import add_to_budgets
from voicehelper.shapes.ids import NOWHERE

Bucket = Literal["day", "user", "key", "base", "model"]

# Two calls at the same time add up: the second waits for the row of the first.
ADD_UP: Final = """
    ON CONFLICT (tenant_id, day, user_id, key_id, kb_id, model) DO UPDATE
       SET questions = u.questions + excluded.questions, tokens_in = u.tokens_in + excluded.tokens_in,
           tokens_out = u.tokens_out + excluded.tokens_out, cost_usd = u.cost_usd + excluded.cost_usd,
           documents = u.documents + excluded.documents, pages = u.pages + excluded.pages
"""
CHARGE: Final = f"""
    INSERT INTO usage_day AS u (tenant_id, day, user_id, key_id, kb_id, model, questions, tokens_in, tokens_out,
                                cost_usd)
    SELECT %(tenant_id)s, (now() AT TIME ZONE 'UTC')::date, %(user_id)s, %(key_id)s, kb_id, model, sum(questions),
           sum(tokens_in), sum(tokens_out), sum(cost_usd)
      FROM unnest(%(kb_ids)s::uuid[], %(models)s::text[], %(questions)s::bigint[], %(tokens_in)s::bigint[],
                  %(tokens_out)s::bigint[], %(costs)s::numeric[])
        AS c (kb_id, model, questions, tokens_in, tokens_out, cost_usd)
     GROUP BY kb_id, model
    {ADD_UP}
"""  # noqa: S608  (a constant)
# The documents in `done`, to whoever uploaded them.
CHARGE_DOCUMENTS: Final = f"""
      INSERT INTO usage_day AS u (tenant_id, day, user_id, key_id, kb_id, model, documents, pages)
      SELECT tenant_id, (now() AT TIME ZONE 'UTC')::date, uploaded_by, coalesce(uploaded_with, '{NOWHERE}'), kb_id, '',
             count(*), coalesce(sum(pages_total), 0)
        FROM done WHERE tenant_id = %(tenant_id)s AND uploaded_by IS NOT NULL
       GROUP BY tenant_id, uploaded_by, uploaded_with, kb_id
    {ADD_UP}
"""  # noqa: S608  (a constant)


@dataclass(frozen=True, slots=True)
class Charge:
    """``kb_id`` is None for what concerns no base, or several.

    ``asked``: the budgets were asked before the call, which settles its cost in them by itself.
    """

    model: str
    questions: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    kb_id: UUID | None = None
    asked: bool = True


def charge(tx: Transaction, *charges: Charge) -> None:
    """To the viewer of the transaction, in one statement; nothing without one."""
    if tx.viewer is None or not charges:
        return
    tx.run(
        CHARGE,
        user_id=tx.viewer.user_id,
        key_id=tx.viewer.key_id or NOWHERE,
        kb_ids=[what.kb_id or NOWHERE for what in charges],
        models=[what.model for what in charges],
        questions=[what.questions for what in charges],
        tokens_in=[what.tokens_in for what in charges],
        tokens_out=[what.tokens_out for what in charges],
        costs=[what.cost_usd for what in charges],
    )
    add_to_budgets(tx, sum(what.cost_usd for what in charges if not what.asked))


class UsageTotal(BaseModel):
    """``pages`` are of documents that have pages; ``documents`` were processed, again after each rebuilding."""

    questions: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    documents: int = 0
    pages: int = 0


class UsageItem(UsageTotal):
    """``bucket`` is a day, an e-mail address or a name; empty for what has none, such as uses without a key."""

    bucket: str


class Usage(BaseModel):
    items: list[UsageItem]
    total: UsageTotal


# Names are those of now; what is gone is shown by its id. Days in their order, all else by cost and questions.
READ_USAGE: Final = """
    WITH used AS (
      SELECT u.id, sum(u.questions)::bigint AS questions, sum(u.tokens_in)::bigint AS tokens_in,
             sum(u.tokens_out)::bigint AS tokens_out, sum(u.cost_usd)::float8 AS cost_usd,
             sum(u.documents)::bigint AS documents, sum(u.pages)::bigint AS pages
        FROM usage_sum AS u
       WHERE u.tenant_id = %(tenant_id)s AND u.by = %(by)s AND u.day BETWEEN %(start)s AND %(end)s
       GROUP BY u.id)
    SELECT CASE WHEN used.id = %(none)s THEN ''
                ELSE coalesce(
                  CASE %(by)s WHEN 'user' THEN (SELECT p.email FROM app_user AS p WHERE p.id = used.id::uuid)
                              WHEN 'key' THEN (SELECT k.name || ' (' || k.prefix || ')' FROM api_key AS k
                                                WHERE k.id = used.id::uuid AND k.tenant_id = %(tenant_id)s)
                              WHEN 'base' THEN (SELECT coalesce(nullif(b.display_name, ''), b.name)
                                                  FROM knowledge_base AS b
                                                 WHERE b.id = used.id::uuid AND b.tenant_id = %(tenant_id)s) END,
                  used.id) END AS bucket,
           used.questions, used.tokens_in, used.tokens_out, used.cost_usd, used.documents, used.pages
      FROM used
     ORDER BY CASE %(by)s WHEN 'day' THEN used.id END, used.cost_usd DESC, used.questions DESC, used.id
"""


def read_usage(tx: Transaction, by: Bucket, start: date, end: date) -> Usage:
    """Both days included."""
    items = tx.all(UsageItem, READ_USAGE, by=by, start=start, end=end, none=str(NOWHERE))
    total = {name: sum(getattr(item, name) for item in items) for name in UsageTotal.model_fields}
    return Usage(items=items, total=UsageTotal(**total))
