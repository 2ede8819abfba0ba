"""Recordings opened in a child process: what browsers make is heard, what is hostile ends with a code."""

from __future__ import annotations

import struct
import wave
from io import BytesIO

import pytest
from voicehelper.models.offline.sound_files import MP3, OPUS, Coding, encoded, wav_file
from voicehelper.voice.errors import AudioTooLongError, AudioUnreadableError, EmptyRecordingError
from voicehelper.voice.reading import read_recording

from tests.support.tones import RATE, heard, silence, tones

TEXT = "两周 two"
SAID = silence(0.5) + tones(TEXT) + silence(0.5)
WEBM = Coding("webm", "libopus", 48_000, 32_000)
MP4 = Coding("mp4", "aac", 44_100, 64_000)


def stereo(samples: bytes) -> bytes:
    """As a sound card makes it: 8 bits, two channels, 22.05 kHz."""
    target = BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(1)
        file.setframerate(22_050)
        values = struct.unpack(f"<{len(samples) // 2}h", samples)
        picked = [values[int(n * RATE / 22_050)] for n in range(int(len(values) * 22_050 / RATE))]
        file.writeframes(bytes(byte for value in picked for byte in [(value >> 8) + 128] * 2))
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        encoded(SAID, WEBM, RATE),
        encoded(SAID, MP4, RATE),
        encoded(SAID, OPUS, RATE),
        encoded(SAID, MP3, RATE),
        encoded(SAID, Coding("flac", "flac", 48_000, 0), RATE),
        encoded(SAID, Coding("adts", "aac", 48_000, 64_000), RATE),
        wav_file(SAID, RATE),
        stereo(SAID),
    ],
    ids=["webm", "mp4", "ogg", "mp3", "flac", "aac", "wav", "8-bit stereo"],
)
def test_what_browsers_and_programs_record_is_heard(content: bytes) -> None:
    recording = read_recording(content, with_sound=True)

    [speech] = recording.speech
    assert recording.duration_ms == pytest.approx(len(SAID) / 32, abs=60)
    assert speech.start_ms == pytest.approx(500, abs=90)
    assert recording.media_type == "audio/wav"
    with wave.open(BytesIO(recording.sound)) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        assert heard(file.readframes(10**8)) == TEXT


def test_of_much_speech_opus_is_sent() -> None:
    recording = read_recording(wav_file(tones("long") * 120, RATE), with_sound=True)

    assert recording.duration_ms > 120_000
    assert recording.media_type == "audio/ogg"
    assert len(recording.sound) < 2_000_000


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 8]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7", "unknown_type"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "unknown_type"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "unknown_type"),
        (b"\x1aE\xdf\xa3" + bytes(4000), "corrupt"),
        (b"OggS" + bytes(300), "corrupt"),
        (b"ID3" + b"\xff" * 4000, "corrupt"),
        (truncated(encoded(SAID, MP4, RATE)), "corrupt"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", "corrupt"),
    ],
    ids=["pdf", "playlist", "list of files", "webm", "ogg", "mp3", "mp4 cut short", "wav header"],
)
def test_what_is_no_recording_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(AudioUnreadableError) as refused:
        read_recording(content, with_sound=True)

    assert refused.value.details == {"reason": reason}


def test_a_film_without_sound_says_so() -> None:
    import av

    target = BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode(None))

    with pytest.raises(AudioUnreadableError) as refused:
        read_recording(target.getvalue(), with_sound=True)

    assert refused.value.details == {"reason": "no_audio"}


def test_nothing_is_refused_and_silence_has_no_speech() -> None:
    with pytest.raises(EmptyRecordingError):
        read_recording(b"", with_sound=True)
    assert read_recording(wav_file(silence(3), RATE), with_sound=True).speech == ()


def test_an_endless_recording_ends_at_its_bound() -> None:
    endless = encoded(silence(301), Coding("flac", "flac", 16_000, 0), RATE)

    with pytest.raises(AudioTooLongError) as refused:
        read_recording(endless, with_sound=True)

    assert len(endless) < 100_000
    assert refused.value.details == {"max_seconds": 300}


def test_a_child_that_takes_too_long_or_too_much_ends() -> None:
    content = wav_file(silence(200), RATE)

    with pytest.raises(AudioUnreadableError) as slow:
        read_recording(content, with_sound=True, time_limit_s=0.01)
    with pytest.raises(AudioUnreadableError) as large:
        read_recording(content, with_sound=True, memory_limit_bytes=60_000_000)

    assert slow.value.details == {"reason": "timed_out"}
    assert large.value.details["reason"] in ("too_large_unpacked", "corrupt")


@pytest.mark.parametrize("coding", [WEBM, MP4, MP3], ids=["webm", "mp4", "mp3"])
def test_a_damaged_recording_ends_with_a_code_or_is_heard(coding: Coding) -> None:
    original = encoded(SAID, coding, RATE)
    for place in (40, len(original) // 2, len(original) - 90):
        damaged = original[:place] + b"\x5a" * 40 + original[place + 40 :]
        try:
            recording = read_recording(damaged, with_sound=False)
        except AudioUnreadableError:
            continue
        assert recording.duration_ms == pytest.approx(len(SAID) / 32, rel=0.5)
