"""No regular expression of the product takes more than three times as long for twice the text."""

from __future__ import annotations

import functools
import re
import time
from typing import Any

import pytest

from tests.support.growth import LIMIT, growth
from tests.support.patterns import FoundPattern, all_patterns, attacks

SIZE = 750  # characters, and eight times as many
PATTERNS = all_patterns()
# These look back within one short text, which their callers bound: a sentence, a question, a reply, a path.
MAX_SECONDS = 2.0
BOUNDED = {
    "voicehelper.answering.cues:": 800,
    "voicehelper.answering.evidence:_NUMBERS": 5000,
    "voicehelper.answering.hosted.prompt:_TAG": 5000,
    "voicehelper.operations.routes:30": 200,
    "voicehelper.retrieval.followups:": 500,
    "voicehelper.text.asking:": 500,
    "voicehelper.voice.spoken.": 4000,
}


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_a_pattern_grows_with_its_text(found: FoundPattern) -> None:
    if size := next((size for place, size in BOUNDED.items() if found.place.startswith(place)), 0):
        assert max(_seconds(found, text) for _, text in attacks(found.pattern, size)) < MAX_SECONDS
        return

    assert {name: ratio for name in _attacks(found.pattern, SIZE) if (ratio := _growth(found, name)) >= LIMIT} == {}


def test_patterns_are_found_in_modules_and_in_functions() -> None:
    places = {found.place.partition(":")[0] for found in PATTERNS}

    assert len(PATTERNS) > 100
    assert {"voicehelper.ingestion.chunking", "voicehelper.retrieval.classifier", "voicehelper.text.periods"} <= places


def _growth(found: FoundPattern, name: str) -> float:
    return growth(lambda size: _all_matches(found, _attacks(found.pattern, size)[name]), SIZE)


@functools.lru_cache(maxsize=4)
def _attacks(pattern: re.Pattern[Any], size: int) -> dict[str, Any]:
    """Made once for a pattern: taking a large one to pieces costs more than matching with it."""
    return dict(attacks(pattern, size))


def _all_matches(found: FoundPattern, text: Any) -> Any:
    return lambda: found.pattern.sub(type(text)(), text)


def _seconds(found: FoundPattern, text: Any) -> float:
    start = time.thread_time()
    _all_matches(found, text)()
    return time.thread_time() - start
