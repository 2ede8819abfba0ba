"""Samples that are written into a file are in it."""

from __future__ import annotations

import pytest
from voicehelper.models.offline.sound_files import OPUS, encoded, samples_of, wav_file

from tests.support.tones import RATE, heard, tones

SAID = tones("Hello")


@pytest.mark.parametrize("content", [wav_file(SAID, RATE), encoded(SAID, OPUS, RATE)], ids=["wav", "opus"])
def test_what_is_written_is_read(content: bytes) -> None:
    assert heard(samples_of(content, RATE)) == "Hello"


def test_an_odd_byte_at_the_end_is_left_out() -> None:
    assert heard(samples_of(encoded(SAID + b"\0", OPUS, RATE), RATE)) == "Hello"
