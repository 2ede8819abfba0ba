"""``record_question``: the stages of a question as spans, read from its trace; whoever has it answered calls this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from voicehelper.answering.passages import LEGS_OF
from voicehelper.answering.response import RERANKERS
from voicehelper.observability.traces import labels, note, record_span
from voicehelper.retrieval.trace import FAILED, StageRun, Trace

_LEGS: Final = {"words": "bm25_search", "meaning": "vector_search"}


def record_question(trace: Trace, base_ids: Sequence[UUID] | None) -> None:
    """A question to several bases is looked up by the first."""
    note(**labels(base=base_ids[0]) if base_ids else {})
    for run in trace.runs:
        _record(run)


def _record(run: StageRun) -> None:
    """Why a stage did nothing stays in the log: the reason may be a provider's words."""
    name = "reranking" if run.name in RERANKERS else run.name
    facts: dict[str, Any] = {"kept": len(run.chunk_ids), "by": run.name if run.name != name else None}
    facts |= {"skipped": bool(run.skip_reason), "failed": run.skip_reason.startswith(FAILED)}
    segment_id = record_span(name, run.seconds, began=run.began, **facts)
    if len(legs := LEGS_OF.get(run.name, ())) > 1:
        for leg in legs:  # one statement runs both, so both took its time
            record_span(_LEGS[leg], run.seconds, began=run.began, parent=segment_id, shares_statement=True)
