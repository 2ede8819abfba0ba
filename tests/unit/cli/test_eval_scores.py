from __future__ import annotations

from typing import Any

import pytest
from voicehelper_cli.eval_questions import EvalQuestion
from voicehelper_cli.eval_scores import Scored, figures, is_evidence, score, token_f1


def answer(text: str = "", *, status: str = "answered", cited: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    sources = [{**source, "cited": True} for source in cited]
    metrics = {"cost_usd": 0.002, "tokens_used": 50, "total_latency": 0.5}
    return {"answer": text, "status": status, "sources": sources, "metrics": metrics}


def passage(filename: str = "a.pdf", content: str = "…", *, page: int | None = 1) -> dict[str, Any]:
    return {"filename": filename, "title": "A", "content": content, "page": page}


@pytest.mark.parametrize(
    ("given", "expected", "f1"),
    [
        ("24 months", "24 months", 1.0),
        ("The warranty lasts 24 months", "24 months", 4 / 7),
        ("十二天", "12 天", 2 * 1 / (3 + 2)),
        ("質保２４個月", "质保 24 个月", 1.0),
        ("none", "24 months", 0.0),
        ("", "24 months", 0.0),
        ("a a", "a", 2 / 3),
    ],
)
def test_f1_counts_common_tokens(given: str, expected: str, f1: float) -> None:
    assert token_f1(given, expected) == pytest.approx(f1)


def test_an_answer_is_compared_with_the_best_of_the_alternatives_without_its_marks() -> None:
    scored = score(EvalQuestion(1, "?", ("two years", "24 months")), answer("24 months [1][2]"), [])

    assert (scored.f1, scored.holds, scored.is_right) == (1.0, True, True)


@pytest.mark.parametrize(
    ("question", "given", "is_right"),
    [
        (EvalQuestion(1, "?", ("24",)), answer("It is 24."), True),
        (EvalQuestion(1, "?", ("24",)), answer("It is 2024."), False),
        (EvalQuestion(1, "?", ("24",)), answer("24", status="refused"), False),
        (EvalQuestion(1, "?", document="A.pdf"), answer("x", cited=(passage("a.pdf"),)), True),
        (EvalQuestion(1, "?", document="a.pdf", page=3), answer("x", cited=(passage("a.pdf"),)), False),
        (EvalQuestion(1, "?"), answer("x"), True),
        (EvalQuestion(1, "?", answerable=False), answer("x"), False),
        (EvalQuestion(1, "?", answerable=False), answer("sorry", status="refused"), True),
        (EvalQuestion(1, "?", answerable=False), answer("sorry", status="unavailable"), False),
    ],
)
def test_a_question_is_right_by_its_text_its_document_or_its_refusal(
    question: EvalQuestion, given: dict[str, Any], is_right: bool
) -> None:
    assert score(question, given, []).is_right == is_right


def test_evidence_is_the_document_and_its_page_or_else_the_text() -> None:
    assert is_evidence(passage("Ä.pdf", page=2), EvalQuestion(1, "?", ("x",), document="ä.PDF", page=2))
    assert not is_evidence(passage(page=2), EvalQuestion(1, "?", document="a.pdf", page=3))
    assert is_evidence(passage(content="押金３００元"), EvalQuestion(1, "?", ("押金 300 元",)))
    assert not is_evidence(passage(), EvalQuestion(1, "?", ("x",)))


def test_the_rank_is_that_of_the_first_right_passage() -> None:
    question = EvalQuestion(1, "?", document="b.pdf")

    assert score(question, answer(), [passage(), passage("b.pdf"), passage("b.pdf")]).rank == 2
    assert score(question, answer(), [passage()]).rank is None


def ranked(rank: int | None) -> Scored:
    return Scored(EvalQuestion(1, "?", document="a"), is_right=True, status="answered", rank=rank)


def test_ranks_are_summed_up_over_questions_with_evidence() -> None:
    without = Scored(EvalQuestion(1, "?"), is_right=True, status="answered")

    summary = figures([ranked(1), ranked(3), ranked(None), ranked(11), without], 2)

    assert summary["recall@2"] == 0.25
    assert summary["mrr@10"] == pytest.approx((1 + 1 / 3) / 4, abs=1e-4)
    assert summary["ndcg@10"] == pytest.approx((1 + 0.5) / 4)


def test_wrong_answers_and_refusals_are_counted_apart() -> None:
    results = [
        score(EvalQuestion(1, "?", answerable=False), answer("x"), []),
        score(EvalQuestion(2, "?", ("y",)), answer(status="refused"), []),
        score(EvalQuestion(3, "?", ("y",)), answer(status="unavailable"), []),
        Scored(EvalQuestion(4, "?", ("y",)), is_right=False, error="away"),
    ]

    summary = figures(results, 5)

    assert (summary["false_answers"], summary["false_refusals"], summary["unavailable"], summary["errors"]) == (
        1, 1, 1, 1,
    )  # fmt: skip
    assert (summary["questions"], summary["right"], summary["answer_f1"]) == (4, 0, 0.0)
    assert (summary["cost_usd"], summary["tokens"]) == (0.006, 150)


def test_a_figure_about_no_question_is_none() -> None:
    summary = figures([Scored(EvalQuestion(1, "?"), is_right=True, status="answered")], 5)

    assert (summary["recall@5"], summary["answer_f1"], summary["answers_with_expected_text"]) == (None, None, None)
