"""Passages for the tests of answering."""

from __future__ import annotations

from uuid import UUID

from voicehelper.retrieval.passage import Passage


def passage(text: str, title: str = "手册", *, number: int = 1, score: float = 1.0, page: int | None = 1) -> Passage:
    return Passage(UUID(int=number), UUID(int=100), title, text, page, score, 10.0 * score, 0.9)


def flat_idf(_term: int) -> float:
    """The same weight for every term."""
    return 1.0
