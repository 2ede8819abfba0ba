"""``voicehelper say`` and ``listen``: what they ask of the service, and what they write and show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.conftest import Command
from tests.integration.cli.service import Service

HEARD: dict[str, Any] = {
    "text": "How long? Two years.",
    "language": "en",
    "segments": [
        {"start_ms": 0, "end_ms": 900, "text": "How long?", "confidence": 0.9},
        {"start_ms": 61_000, "end_ms": 62_000, "text": "Two years.", "confidence": 0.9},
    ],
    "confidence": 0.9,
    "duration_ms": 62_000,
    "provider": "main",
}


def test_speech_is_written_into_a_file(signed_in: Command, service: Service, tmp_path: Path) -> None:
    service.forced["POST /voice/tts"] = (200, b"RIFF sound")

    result = signed_in("say", "Hello", "-o", str(tmp_path / "hello.wav"), "--rate", "+10%")

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "hello.wav").read_bytes() == b"RIFF sound"
    assert b'"format":"wav"' in service.requests[-1][2].replace(b" ", b"")


def test_a_name_without_a_known_ending_is_refused_before_the_call(signed_in: Command, service: Service) -> None:
    asked = len(service.requests)

    result = signed_in("say", "Hello", "-o", "hello.aac")

    assert result.returncode == 1
    assert ".mp3" in result.stderr
    assert len(service.requests) == asked


@pytest.mark.parametrize(("arguments", "shown"), [((), "01:01  Two years."), (("--json",), '"duration_ms": 62000')])
def test_what_was_said_is_shown_with_its_times(
    signed_in: Command, service: Service, tmp_path: Path, arguments: tuple[str, ...], shown: str
) -> None:
    recording = tmp_path / "question.webm"
    recording.write_bytes(b"\x1aE\xdf\xa3")
    service.forced["POST /voice/asr"] = (200, HEARD)

    result = signed_in("listen", str(recording), *arguments)

    assert shown in result.stdout
    assert b'filename="question.webm"' in service.requests[-1][2]


def test_what_was_said_is_asked(signed_in: Command, service: Service, tmp_path: Path) -> None:
    recording = tmp_path / "question.webm"
    recording.write_bytes(b"\x1aE\xdf\xa3")
    service.forced["POST /voice/asr"] = (200, HEARD)
    signed_in("base", "create", "default")

    result = signed_in("listen", str(recording), "--ask", "default")

    assert result.stdout.startswith(HEARD["text"])
    assert b"Two years." in service.requests[-1][2]


def test_a_file_that_is_not_there_is_said(signed_in: Command, tmp_path: Path) -> None:
    result = signed_in("listen", str(tmp_path / "none.wav"))

    assert result.returncode == 1
    assert "none.wav" in result.stderr


def test_what_is_not_set_up_is_not_to_be_tried_again(signed_in: Command, service: Service) -> None:
    service.forced["POST /voice/tts"] = (503, {"code": "VOICE_NOT_CONFIGURED", "message": "set this"})

    result = signed_in("say", "Hello")

    assert (result.returncode, result.stderr) == (1, "set this\n")
