"""Passages for the tests of answering."""

from __future__ import annotations

from uuid import UUID

from voicehelper.index.chunk import Place
from voicehelper.index.passage import Passage


def passage(text: str, title: str = "手册", *, number: int = 1, score: float = 1.0, page: int | None = 1) -> Passage:
    return Passage(
        UUID(int=number), UUID(int=100), title, text, Place(page), bm25=10.0 * score, similarity=0.9, score=score
    )


def flat_idf(_term: int) -> float:
    """The same weight for every term."""
    return 1.0
