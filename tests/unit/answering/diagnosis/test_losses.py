from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from voicehelper.answering.diagnosis.evidence import Evidence, LegRank
from voicehelper.answering.diagnosis.losses import Case, follow, lost_at
from voicehelper.answering.events import Answered, SourcePassage, Status, Usage
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.trace import StageRun, Trace

from tests.unit.answering.passages import passage

EVIDENCE, OTHER = UUID(int=1), UUID(int=2)


def case(*runs: StageRun, cited: int = 2, status: Status = "answered", words: int | None = 3) -> Case:
    answered = Answered(
        "…",
        [SourcePassage(passage("…", number=cited), "other.md", "…", is_cited=True)] if status == "answered" else [],
        Classification("factual", "simple", "hybrid_retrieval"),
        Usage("m"),
        Trace(runs),
        1.0,
        status=status,
        confidence=0.4 if status == "refused" else 0.8,
    )
    words_leg = LegRank(words, 2.5, 50, EVIDENCE) if words else LegRank(None, None, 50)
    return Case(False, None, Evidence(frozenset([EVIDENCE])), words_leg, None, answered, 0.5)


def run(name: str, *chunks: UUID, skip: str = "") -> StageRun:
    return StageRun(name, 0.1, chunks, skip, tuple(1 / n for n in range(1, len(chunks) + 1)))


SEARCH = run("bm25_search", OTHER, EVIDENCE)


@pytest.mark.parametrize(
    ("later", "lost"),
    [
        ([run("reranking", OTHER)], "reranking"),
        ([run("reranking", OTHER), run("context", OTHER)], "reranking"),
        ([run("reranking", EVIDENCE, OTHER), run("context", OTHER)], "context"),
        ([run("reranking", OTHER), run("context", OTHER, EVIDENCE)], "reading"),
        ([], "reading"),
    ],
)
def test_the_first_stage_after_which_the_evidence_stays_away_lost_it(later: Sequence[StageRun], lost: str) -> None:
    found = lost_at(follow(case(SEARCH, *later)))

    assert found is not None
    assert found.name == lost
    assert found.advice is not None


def test_every_stage_shows_its_rank_and_score() -> None:
    seen = {stage.name: (stage.rank, stage.score) for stage in follow(case(SEARCH, run("reranking", EVIDENCE)))}

    assert seen["words_leg"] == (3, 2.5)
    assert (seen["fusion"], seen["reranking"]) == ((2, 0.5), (1, 1.0))


def test_evidence_that_is_cited_is_lost_nowhere() -> None:
    assert lost_at(follow(case(SEARCH, cited=1))) is None


def test_evidence_that_another_stage_brought_and_the_answer_cites_is_lost_nowhere() -> None:
    found = case(run("bm25_search", OTHER), run("context", EVIDENCE), cited=1, words=None)

    assert lost_at(follow(found)) is None


@pytest.mark.parametrize(("status", "code"), [("refused", "reading_doubts"), ("unavailable", "reading_unavailable")])
def test_a_question_without_an_answer_says_why(status: Status, code: str) -> None:
    assert follow(case(SEARCH, status=status))[-1].note.code == code


def test_why_a_stage_failed_is_not_told() -> None:
    failed = run("reranking", OTHER, EVIDENCE, skip="failed: https://internal.example/key")

    seen = next(stage for stage in follow(case(SEARCH, failed)) if stage.name == "reranking")

    assert (seen.note.code, seen.note.params) == ("stage_failed", {})


def test_evidence_that_names_lead_to_shows_the_way() -> None:
    graph = StageRun("graph_retrieval", 0.1, (OTHER, EVIDENCE), paths={EVIDENCE: ("Bridge", "Engineer")})

    [note] = [stage.note for stage in follow(case(SEARCH, graph)) if stage.name == "graph_retrieval"]

    assert (note.code, note.params) == ("stage_followed", {"path": "Bridge → Engineer"})
