"""How long a file plays, against what was put into it."""

from __future__ import annotations

import pytest
from voicehelper.models.audio_length import duration_ms
from voicehelper.models.offline.sound_files import MP3, OPUS, Coding, encoded, wav_file

from tests.support.tones import RATE, silence

SECONDS = 2.5
VORBIS_HEAD = b"OggS\0\2" + bytes(8) + bytes(14) + b"\x01vorbis" + bytes(5) + (44_100).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("content", "within_ms"),
    [
        (wav_file(silence(SECONDS), RATE), 0),
        (encoded(silence(SECONDS), OPUS, RATE), 25),
        (encoded(silence(SECONDS), MP3, RATE), 80),
        (encoded(silence(SECONDS), Coding("mp3", "libmp3lame", 24_000, 64_000), RATE), 120),
    ],
    ids=["wav", "opus", "mp3", "mp3 at 24 kHz"],
)
def test_the_length_is_that_of_the_sound(content: bytes, within_ms: int) -> None:
    assert duration_ms(content) == pytest.approx(SECONDS * 1000, abs=within_ms)


def test_a_server_that_streams_announces_no_length() -> None:
    streamed = bytearray(wav_file(silence(1), RATE))
    streamed[40:44] = b"\xff\xff\xff\xff"

    assert duration_ms(bytes(streamed)) == 1000


def test_vorbis_counts_in_its_own_rate() -> None:
    last = b"OggS\0\4" + (88_200).to_bytes(8, "little") + bytes(13)

    assert duration_ms(VORBIS_HEAD + last) == 2000


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff", b"OggS", b"ID3", b"\xff" * 99],
    ids=["nothing", "a name", "no rate", "one page", "a tag", "no frames"],
)
def test_what_is_no_sound_has_no_length(content: bytes) -> None:
    assert duration_ms(content) == 0
