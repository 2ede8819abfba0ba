"""Scores of answered questions; ``score`` judges one question, ``figures`` sums them up. ``evaluation`` calls both.

Texts are compared as diagnosis compares them: without regard to width, punctuation and Chinese script.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from voicehelper_cli import names
from voicehelper_cli.eval_questions import EvalQuestion

DEPTH: Final = 10  # of the ranking that MRR and nDCG look at
_MARK: Final = re.compile(r"\s*\[\d{1,2}\]")


@dataclass(frozen=True, slots=True)
class Scored:
    """``rank`` is that of the first right passage, from 1; None if it is not among the first, or none can be told.

    ``f1`` and ``holds`` are None for a question without an expected text. ``error`` is why it was not answered.
    """

    question: EvalQuestion
    is_right: bool
    status: str = ""
    rank: int | None = None
    f1: float | None = None
    holds: bool | None = None
    cost_usd: float = 0.0
    tokens: int = 0
    seconds: float = 0.0
    error: str = ""


def score(question: EvalQuestion, answer: Mapping[str, Any], passages: Sequence[Mapping[str, Any]]) -> Scored:
    """``answer`` is the response of /rag/query, ``passages`` those of /retrieval."""
    status, said = answer["status"], _MARK.sub("", answer["answer"]) if answer["status"] == "answered" else ""
    judged = question.answerable and bool(question.expected_texts)
    holds = any(_contains(said, expected) for expected in question.expected_texts) if judged else None
    ranks = (rank for rank, passage in enumerate(passages, start=1) if is_evidence(passage, question))
    metrics = answer["metrics"]
    return Scored(
        question,
        is_right=_is_right(question, answer, holds),
        status=status,
        rank=next(ranks, None) if question.has_evidence else None,
        f1=max(token_f1(said, expected) for expected in question.expected_texts) if judged else None,
        holds=holds,
        cost_usd=metrics["cost_usd"],
        tokens=metrics["tokens_used"],
        seconds=metrics["total_latency"],
    )


def _is_right(question: EvalQuestion, answer: Mapping[str, Any], holds: bool | None) -> bool:
    """An answer that holds the expected text, or else cites the expected document; a refusal where there is none."""
    if not question.answerable:
        return bool(answer["status"] == "refused")
    if answer["status"] != "answered":
        return False
    if holds is not None:
        return holds
    cited = [source for source in answer["sources"] if source["cited"]]
    return not question.document or any(is_evidence(source, question) for source in cited)


def is_evidence(passage: Mapping[str, Any], question: EvalQuestion) -> bool:
    """Of the expected document, and on its page; without a document, one that holds the expected text."""
    if not question.document:
        return any(_contains(f"{passage['title']}\n{passage['content']}", text) for text in question.expected_texts)
    is_page = question.page is None or passage["page"] == question.page
    return is_page and names.is_same(passage["filename"], question.document)


def token_f1(answer: str, expected: str) -> float:
    """Harmonic mean of precision and recall over tokens with repetitions, as SQuAD scores answers."""
    from voicehelper.text.matching import matching_tokens

    given, wanted = Counter(matching_tokens(answer)), Counter(matching_tokens(expected))
    common = sum((given & wanted).values())
    return 2 * common / (given.total() + wanted.total()) if common else 0.0


def _contains(text: str, expected: str) -> bool:
    from voicehelper.text.matching import contains

    return contains(text, expected)


def figures(results: Sequence[Scored], k: int) -> dict[str, Any]:
    """Means over the questions a figure is about; None where there are none. A question has one piece of evidence, so
    nDCG@10 is 1 / log2(1 + rank).
    """
    ranks = [result.rank for result in results if result.question.has_evidence and not result.error]
    done = [result for result in results if not result.error]
    return {
        "questions": len(results),
        "right": sum(result.is_right for result in results),
        f"recall@{k}": _mean(ranks, lambda rank: rank is not None and rank <= k),
        f"mrr@{DEPTH}": _mean(ranks, lambda rank: 1 / rank if rank and rank <= DEPTH else 0.0),
        f"ndcg@{DEPTH}": _mean(ranks, lambda rank: 1 / math.log2(1 + rank) if rank and rank <= DEPTH else 0.0),
        "answer_f1": _mean([r.f1 for r in done if r.f1 is not None], float),
        "answers_with_expected_text": _mean([r.holds for r in done if r.holds is not None], float),
        "false_answers": sum(r.status == "answered" and not r.question.answerable for r in done),
        "false_refusals": sum(r.status == "refused" and r.question.answerable for r in done),
        "unavailable": sum(r.status == "unavailable" for r in done),
        "errors": len(results) - len(done),
        "tokens": sum(r.tokens for r in done),
        "cost_usd": round(sum(r.cost_usd for r in done), 6),
        "mean_seconds": _mean([r.seconds for r in done], float),
    }


def _mean(values: Iterable[Any], of: Callable[[Any], float]) -> float | None:
    numbers = [float(of(value)) for value in values]
    return round(sum(numbers) / len(numbers), 4) if numbers else None
