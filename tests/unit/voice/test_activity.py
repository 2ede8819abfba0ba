"""Stretches of speech: how frames become stretches, what is sent on of them, and where that is in the recording."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.voice.activity import (
    FRAME_MS,
    HANG_OVER_MS,
    Stretch,
    cut,
    duration_ms,
    find_speech,
    in_recording,
    joined,
    padded,
)

from tests.support.tones import RATE, silence, tones

FRAMES = st.lists(st.integers(0, 400), unique=True).map(sorted)


def test_speech_is_found_to_a_frame_and_short_pauses_belong_to_it() -> None:
    talk = tones("ab")
    samples = silence(1) + talk + silence(0.2) + talk + silence(1) + talk

    first, second = find_speech(samples)

    assert first.start_ms == pytest.approx(1000, abs=2 * FRAME_MS)
    assert first.length_ms == pytest.approx(2 * duration_ms(talk) + 200, abs=5 * FRAME_MS)
    assert second.start_ms == pytest.approx(2200 + 2 * duration_ms(talk), abs=2 * FRAME_MS)


@pytest.mark.parametrize("samples", [b"", b"\0", silence(3), bytes(range(256)) * 4, b"\x05\x00\xfb\xff" * RATE])
def test_silence_clicks_and_a_microphones_own_noise_are_no_speech(samples: bytes) -> None:
    assert find_speech(samples) == []


@given(FRAMES)
def test_stretches_hold_every_voiced_frame_and_are_apart(voiced: list[int]) -> None:
    stretches = joined(voiced)

    for number in voiced:
        assert any(part.start_ms <= number * FRAME_MS < part.end_ms for part in stretches)
    gaps = [after.start_ms - before.end_ms for before, after in itertools.pairwise(stretches)]
    assert all(gap >= HANG_OVER_MS for gap in gaps)


@given(FRAMES, st.floats(0, 1))
def test_a_point_of_what_is_sent_is_where_its_sound_is_in_the_recording(voiced: list[int], share: float) -> None:
    total_ms = 13_000
    parts = padded(joined(voiced), total_ms)
    sent_ms = sum(part.length_ms for part in parts)
    samples = b"".join(ms.to_bytes(2, "little") * 16 for ms in range(total_ms))
    at = int(share * sent_ms)

    place = in_recording(at, parts)

    assert all(0 <= part.start_ms < part.end_ms <= total_ms for part in parts)
    if at < sent_ms:
        sent = cut(samples, parts)
        heard = int.from_bytes(sent[at * 32 : at * 32 + 2], "little")
        assert heard == place or place in [part.end_ms for part in parts]  # the end of one part is the start of another


def test_points_outside_are_its_ends() -> None:
    parts = [Stretch(100, 200), Stretch(500, 600)]

    assert (in_recording(-5, parts), in_recording(10_000, parts)) == (100, 600)
