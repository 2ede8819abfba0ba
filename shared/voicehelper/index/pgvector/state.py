"""What another index is asked with and held against: the question's weights, and what the bases hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from voicehelper.adapters.database import Transaction
from voicehelper.index.pgvector.search import QUESTION, search_values
from voicehelper.index.protocol import SearchRequest

_STATE: Final = """
  SELECT (SELECT jsonb_object_agg(id, times * idf) FROM term WHERE df > 0) AS by_term,
         (SELECT n FROM stats)::int AS chunks,
         (SELECT count(*) FROM chunk_lex
           WHERE tenant_id = %(tenant_id)s AND document_id = ANY(ARRAY(
             SELECT document_id FROM search_outbox
              WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s)
                AND (searchable_at IS NULL OR searchable_at > now())))) AS pending
"""


@dataclass(slots=True)
class BaseState:
    """``chunks`` of the searched bases; ``pending`` are those of documents that the other index may not have yet."""

    by_term: dict[str, float] | None
    chunks: int
    pending: int

    @property
    def weights(self) -> Mapping[int, float]:
        """{term id: weight in the question} of the terms that some chunk has."""
        return {int(term): weight for term, weight in (self.by_term or {}).items()}


def read_state(tx: Transaction, request: SearchRequest) -> BaseState:
    state = tx.one(BaseState, f"WITH {QUESTION} {_STATE}", **search_values(request))
    assert state is not None, "one row without a FROM"
    return state
