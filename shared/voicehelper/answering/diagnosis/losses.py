"""From the evidence, the ranks of both legs and the trace of an answer to the stage that lost the evidence.

``follow`` is the entry; ``diagnose`` calls it. Plain values in, plain values out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from voicehelper.answering.diagnosis.documents import ExpectedDocument
from voicehelper.answering.diagnosis.evidence import Evidence, LegRank
from voicehelper.answering.events import Answered
from voicehelper.answering.passages import LEGS_OF
from voicehelper.answering.service import GENERATION, SELF_RAG
from voicehelper.retrieval.trace import StageRun

DOCUMENT, FILTER, CHUNKING, WORDS, MEANING, FUSION, READING = (
    "document", "filter", "chunking", "words_leg", "meaning_leg", "fusion", "reading",
)  # fmt: skip

_LEG_ADVICE: Final = {WORDS: "words_leg_advice", MEANING: "meaning_leg_advice"}
_READING_ADVICE: Final = {
    "reading_unavailable": "reading_unavailable_advice",
    "reading_doubts": "reading_doubts_advice",
    "reading_refuses": "reading_refuses_advice",
    "reading_cites_others": "reading_cites_others_advice",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence of messages/diagnosis.toml and its values."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """The evidence after a stage; ``is_lost`` tells that this stage is the one that lost it, if none before it did."""

    name: str
    note: Remark
    is_lost: bool = False
    rank: int | None = None
    score: float | None = None
    seconds: float = 0.0
    advice: Remark | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a question and its expected evidence. ``is_named``: a document was expected."""

    is_named: bool
    document: ExpectedDocument | None
    evidence: Evidence
    words: LegRank | None  # None for a leg that was not searched
    meaning: LegRank | None
    answered: Answered
    threshold: float

    @property
    def cited(self) -> list[UUID]:
        """Chunks that the answer cites, in the order of its marks."""
        return [source.passage.chunk_id for source in self.answered.sources if source.is_cited]


def follow(case: Case) -> list[Seen]:
    """The evidence through all stages, in their order."""
    before, search, after = _parts(case.answered.trace.runs)
    seen = [*_in_document(case), _in_chunks(case), *(Seen(r.name, _ran(r), seconds=r.seconds) for r in before)]
    seen += [*_in_legs(case, search), _in_fusion(case, search)] if search else []
    present = _rank(search, case.evidence.chunk_ids) is not None if search else True
    for run in after:
        seen.append(stage := _in_stage(case, run, was_present=present))
        present = stage.rank is not None
    return [*seen, _in_reading(case)]


def lost_at(seen: Sequence[Seen]) -> Seen | None:
    """The first stage that lost it, unless a later one has it again; a rank in one leg alone brings nothing back."""
    lost: Seen | None = None
    for stage in seen:
        if stage.is_lost:
            lost = lost or stage
        elif stage.rank is not None and stage.name not in (WORDS, MEANING):
            lost = None
    return lost


def _parts(runs: Sequence[StageRun]) -> tuple[Sequence[StageRun], StageRun | None, Sequence[StageRun]]:
    """(before the search, the search, after it and before the answer)."""
    runs = [run for run in runs if run.name not in (GENERATION, SELF_RAG)]
    at = next((number for number, run in enumerate(runs) if run.name in LEGS_OF), None)
    return (runs, None, []) if at is None else (runs[:at], runs[at], runs[at + 1 :])


def _in_document(case: Case) -> list[Seen]:
    document = case.document
    if not case.is_named:
        return []
    if document is None:
        return [_lost(DOCUMENT, "document_absent", "document_absent_advice")]
    values = {
        "filename": document.filename,
        "version": document.version,
        "by": document.replaced_by,
        "reason": document.error_code or "",
    }
    if document.replaced_by is not None:
        return [_lost(DOCUMENT, "document_replaced", "document_replaced_advice", **values)]
    if document.status == "failed":
        return [_lost(DOCUMENT, "document_failed", "document_failed_advice", **values)]
    if document.status != "indexed" and not case.evidence.chunk_ids:
        return [_lost(DOCUMENT, "document_in_processing", "document_in_processing_advice", **values)]
    if not document.passes_filter:
        return [
            Seen(DOCUMENT, Remark("document_searched", values)),
            _lost(FILTER, "document_filtered", "document_filtered_advice", **values),
        ]
    return [Seen(DOCUMENT, Remark("document_searched", values))]


def _lost(name: str, code: str, advice: str, **values: Any) -> Seen:
    return Seen(name, Remark(code, values), is_lost=True, advice=Remark(advice, values))


def _in_chunks(case: Case) -> Seen:
    evidence = case.evidence
    if evidence.chunk_ids:
        return Seen(CHUNKING, Remark("chunks_hold", {"count": len(evidence.chunk_ids)}))
    if evidence.is_divided:
        return _lost(CHUNKING, "text_divided", "text_divided_advice")
    return _lost(CHUNKING, "text_absent", "text_absent_advice", percent=round(100 * evidence.likeness))


def _in_legs(case: Case, search: StageRun) -> list[Seen]:
    """A leg loses the evidence alone only if the other did not find it either: then the one that came nearer did."""
    both_lost = _rank(search, case.evidence.chunk_ids) is None and not any(
        leg.is_recalled for leg in (case.words, case.meaning) if leg
    )
    blamed = min(
        (name for name, leg in ((WORDS, case.words), (MEANING, case.meaning)) if leg),
        key=lambda name: _depth(case.words if name == WORDS else case.meaning),
        default=WORDS,
    )
    legs = ((WORDS, case.words), (MEANING, case.meaning))
    return [_in_leg(name, leg, is_lost=both_lost and name == blamed) for name, leg in legs]


def _depth(leg: LegRank | None) -> float:
    return float("inf") if leg is None or leg.rank is None else leg.rank


def _in_leg(name: str, leg: LegRank | None, *, is_lost: bool) -> Seen:
    if leg is None:
        return Seen(name, Remark("leg_off"), is_lost, advice=Remark("leg_off_advice") if is_lost else None)
    code = "leg_recalls" if leg.is_recalled else "leg_misses" if leg.rank else "leg_without"
    note = Remark(code, {"rank": leg.rank, "limit": leg.limit})
    return Seen(name, note, is_lost, leg.rank, leg.score, advice=Remark(_LEG_ADVICE[name]) if is_lost else None)


def _in_fusion(case: Case, search: StageRun) -> Seen:
    rank = _rank(search, case.evidence.chunk_ids)
    note = Remark("fusion_keeps" if rank else "fusion_drops", {"limit": len(search.chunk_ids)})
    advice = None if rank else Remark("fusion_advice", {"limit": len(search.chunk_ids)})
    return Seen(FUSION, note, rank is None, rank, _score(search, rank), search.seconds, advice)


def _in_stage(case: Case, run: StageRun, *, was_present: bool) -> Seen:
    rank = _rank(run, case.evidence.chunk_ids)
    is_lost = was_present and rank is None
    advice = Remark("stage_advice", {"stage": run.name}) if is_lost else None
    note = _followed(run, case.evidence.chunk_ids) or _ran(run)
    return Seen(run.name, note, is_lost, rank, _score(run, rank), run.seconds, advice)


def _followed(run: StageRun, chunk_ids: Collection[UUID]) -> Remark | None:
    """By which passages the stage came to the evidence."""
    own = (chunk_id for chunk_id in run.chunk_ids if chunk_id in chunk_ids)
    path = next((run.paths[chunk_id] for chunk_id in own if chunk_id in run.paths), None)
    return Remark("stage_followed", {"path": " → ".join(path)}) if path and not run.skip_reason else None


def _ran(run: StageRun) -> Remark:
    if run.skip_reason.startswith("failed"):  # the reason may name what callers need not know
        return Remark("stage_failed")
    return Remark("stage_skipped", {"reason": run.skip_reason}) if run.skip_reason else Remark("stage_ran")


def _in_reading(case: Case) -> Seen:
    """``rank`` is the number of the mark in the answer, ``score`` the confidence."""
    answered, code = case.answered, _reading(case)
    rank = _place(case.cited, case.evidence.chunk_ids)
    values = {
        "confidence": round(answered.confidence, 2),
        "threshold": case.threshold,
        "mark": rank,
        "filenames": ", ".join(dict.fromkeys(s.filename for s in answered.sources if s.is_cited)),
    }
    seconds = answered.trace.seconds([GENERATION])
    is_lost = code != "reading_cites"
    advice = Remark(_READING_ADVICE[code], values) if is_lost else None
    return Seen(READING, Remark(code, values), is_lost, rank, round(answered.confidence, 4), seconds, advice)


def _reading(case: Case) -> str:
    answered = case.answered
    if answered.status == "unavailable":
        return "reading_unavailable"
    if answered.status == "refused":
        return "reading_doubts" if answered.confidence < case.threshold else "reading_refuses"
    return "reading_cites" if _place(case.cited, case.evidence.chunk_ids) else "reading_cites_others"


def _rank(run: StageRun, chunk_ids: Collection[UUID]) -> int | None:
    return _place(run.chunk_ids, chunk_ids)


def _place(ranking: Sequence[UUID], chunk_ids: Collection[UUID]) -> int | None:
    """From 1."""
    return next((rank for rank, chunk_id in enumerate(ranking, 1) if chunk_id in chunk_ids), None)


def _score(run: StageRun, rank: int | None) -> float | None:
    return round(run.scores[rank - 1], 4) if rank and rank <= len(run.scores) else None
