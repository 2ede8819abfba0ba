"""Sources of an answer: which passages are shown with it, in which order, with which quote.

``select_sources`` and ``source_of`` are the entries of ``service``, ``source_passage`` that of ``passages``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from voicehelper.answering.citations import cited_text, quote_of
from voicehelper.answering.events import Composed, SourcePassage
from voicehelper.index.passage import Passage


def select_sources(passages: Sequence[Passage], citations: Sequence[int], top_k: int) -> list[Passage]:
    """The passages the answer cites, in the order of its marks, then the best others with a score above 0."""
    others = [n for n, passage in enumerate(passages) if n not in citations and passage.score > 0]
    return with_falling_scores([passages[number] for number in [*citations, *others][: max(top_k, len(citations))]])


def with_falling_scores(passages: Sequence[Passage]) -> list[Passage]:
    """In the same order, with scores raised and rounded so that none is above the one before it."""
    sources: list[Passage] = []
    for passage in reversed(passages):
        floor = sources[-1].score if sources else 0.0
        sources.append(replace(passage, score=round(max(passage.score, floor), 4)))
    return sources[::-1]


def source_of(
    number: int, passage: Passage, composed: Composed, question: str, filenames: Mapping[UUID, str]
) -> SourcePassage:
    """``number`` from 0; sources are in the order of the marks, so the first ones are the cited ones."""
    is_cited = number < len(composed.citations)
    said = cited_text(composed.text, number + 1) if is_cited else question
    return source_passage(passage, said, filenames, is_cited=is_cited)


def source_passage(passage: Passage, said: str, filenames: Mapping[UUID, str], *, is_cited: bool) -> SourcePassage:
    """``said`` is what the passage's quote is to be nearest to."""
    quote = quote_of(_without_headings(passage), said)
    return SourcePassage(passage, filenames.get(passage.document_id, ""), quote, is_cited)


def _without_headings(passage: Passage) -> str:
    """A heading is no sentence to quote, unless there is nothing else."""
    lines = [line for line in passage.text.split("\n") if line.strip() not in passage.heading_path]
    return "\n".join(lines).strip() or passage.text
