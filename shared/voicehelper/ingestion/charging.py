"""What the vectors of a document cost, charged to whoever uploaded it; ``charge_embedding`` is the entry.

``steps/index_vectors.py`` calls it in the transaction that writes the vectors.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.identity.budget_sums import add_to_budgets
from voicehelper.identity.usage import ADD_UP
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.models.pricing import Tariff
from voicehelper.shapes.ids import NOWHERE
from voicehelper.shapes.viewer import Viewer

# Once for a text and a model: a step that runs twice, and an attempt that finds the vectors of the one before, call
# nobody.
CHARGE_EMBEDDING: Final = f"""
    WITH due AS (
      UPDATE document SET embedding_charged = %(digest)s
       WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND uploaded_by IS NOT NULL
         AND embedding_charged IS DISTINCT FROM %(digest)s
      RETURNING tenant_id, uploaded_by, uploaded_with, kb_id
    ), charged AS (
      INSERT INTO usage_day AS u (tenant_id, day, user_id, key_id, kb_id, model, tokens_in, cost_usd)
      SELECT tenant_id, (now() AT TIME ZONE 'UTC')::date, uploaded_by, coalesce(uploaded_with, '{NOWHERE}'), kb_id,
             %(model)s, %(tokens)s, %(cost_usd)s
        FROM due
      {ADD_UP})
    SELECT uploaded_by AS user_id, uploaded_with AS key_id FROM due
"""  # noqa: S608  (a constant)


@dataclass(frozen=True, slots=True)
class _Uploader:
    user_id: UUID
    key_id: UUID | None


def charge_embedding(tx: Transaction, event: IngestionEvent, tariff: Tariff, *, text: bytes, tokens: int) -> None:
    """``text`` is that of all chunks, in any form; ``tokens`` are about those that the model has read."""
    digest = hashlib.sha256(tariff.model.encode() + b"\0" + text).digest()
    values = {"id": event.document_id, "digest": digest, "model": tariff.model, "tokens": tokens}
    uploader = tx.one(_Uploader, CHARGE_EMBEDDING, cost_usd=tariff.cost_usd(tokens), **values)
    if uploader:
        add_to_budgets(tx, tariff.cost_usd(tokens), Viewer(uploader.user_id, uploader.key_id))
