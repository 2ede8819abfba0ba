from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import pytest
from voicehelper.index.protocol import ChunkIndex, Hits, SearchRequest
from voicehelper.retrieval.pipeline import Paraphrase, start
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.search import HybridSearch


class Engine:
    """``away`` says of each search in turn whether the database had to answer it."""

    def __init__(self, *away: bool) -> None:
        self.away = list(away)

    def search(self, request: SearchRequest) -> Hits:  # noqa: ARG002
        return Hits(is_fallback=self.away.pop(0))


@pytest.mark.parametrize(
    ("away", "is_fallback"),
    [([False], False), ([True], True), ([True, False], True), ([False, True], True), ([False, False], False)],
)
def test_one_search_without_the_engine_is_enough_to_say_so(away: list[bool], is_fallback: bool) -> None:
    index: Any = Engine(*away)
    asked = replace(
        start(Question("how long?", [uuid4()], "en")), paraphrases=(Paraphrase("until when?"),) * len(away[1:])
    )

    found = HybridSearch(cast("ChunkIndex", index), [uuid4()])(asked)

    assert (found.is_fallback, index.away) == (is_fallback, [])
