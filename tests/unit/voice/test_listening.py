"""From what a recogniser tells to a transcript of the recording."""

from __future__ import annotations

import pytest
from voicehelper.models.speech import Heard
from voicehelper.voice.activity import Stretch
from voicehelper.voice.listening import joined, mean_confidence, placed, speech_ratio
from voicehelper.voice.models import TranscriptSegment
from voicehelper.voice.reading import Recording

PARTS = [Stretch(1000, 3000), Stretch(10_000, 11_000)]


def test_times_are_put_back_to_where_they_are_in_the_recording() -> None:
    heard = [Heard(2.5, 9.0, "second", 1.2), Heard(0.5, 1.5, "first", 0.9)]

    first, second = placed(heard, PARTS)

    assert (first.start_ms, first.end_ms, first.text) == (1500, 2500, "first")
    assert (second.start_ms, second.end_ms, second.confidence) == (10_500, 11_000, 1.0)


def test_a_recogniser_without_times_gives_all_of_the_speech() -> None:
    [only] = placed([Heard(0.0, float("inf"), "all", 0.0)], PARTS)

    assert (only.start_ms, only.end_ms) == (1000, 11_000)


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (["One.", "Two."], "One. Two."),
        (["你好。", "再见。"], "你好。再见。"),
        (["打开", "Excel", "文件"], "打开Excel文件"),
        ([], ""),
    ],
)
def test_words_have_a_space_between_them_and_chinese_has_none(texts: list[str], whole: str) -> None:
    assert joined(texts) == whole


def test_a_long_segment_weighs_more() -> None:
    long = TranscriptSegment(start_ms=0, end_ms=9000, text="a", confidence=1.0)
    short = TranscriptSegment(start_ms=9000, end_ms=10_000, text="b", confidence=0.0)

    assert mean_confidence([long, short]) == 0.9


def test_the_share_of_speech_of_nothing_is_none() -> None:
    assert speech_ratio(Recording(0, ())) == 0.0
    assert speech_ratio(Recording(4000, (Stretch(0, 1000),))) == 0.25
