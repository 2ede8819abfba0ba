"""Opens a recording of a caller in a child process, and returns where it has speech and what a recogniser should hear.

``read_recording`` is the entry; functions without any rights call it, for ``functions/voice/detect_speech.py`` and for
those that ask ``functions/voice/read_audio.py``. Each recording has a child of its own: FFmpeg, which loads in 0.1 s,
has had holes in its decoders, and the child has neither credentials nor the way to another host.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voicehelper.errors import InvalidInputError, RejectedError
from voicehelper.ingestion.sandbox import hide_from_children, rejection_reason, server_environment
from voicehelper.voice.activity import Stretch
from voicehelper.voice.decoding import MAX_SECONDS, TOO_LONG
from voicehelper.voice.errors import AudioTooLongError, AudioUnreadableError, EmptyRecordingError

MEMORY_LIMIT_BYTES: Final = 1_000_000_000
TIME_LIMIT_S: Final = 15.0  # 300 s of speech take 1 s


@dataclass(frozen=True, slots=True)
class Recording:
    """``speech`` are stretches of the recording; ``sound`` is what of it is sent to a recogniser, of ``media_type``:
    its ``parts``, one after the other. Both are empty where nobody speaks.
    """

    duration_ms: int
    speech: tuple[Stretch, ...]
    parts: tuple[Stretch, ...] = ()
    sound: bytes = b""
    media_type: str = ""


def read_recording(
    content: bytes,
    *,
    with_sound: bool,
    time_limit_s: float = TIME_LIMIT_S,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
) -> Recording:
    """AudioUnreadableError, AudioTooLongError or EmptyRecordingError for what cannot be heard."""
    if not content:
        raise EmptyRecordingError
    with tempfile.TemporaryDirectory() as folder:
        source, sound = Path(folder, "source"), Path(folder, "sound")
        source.write_bytes(content)
        request = {
            "source_path": str(source),
            "sound_path": str(sound) if with_sound else "",
            "memory_limit_bytes": memory_limit_bytes,
            "cpu_limit_s": int(time_limit_s) + 1,
        }
        try:
            answer = _run(request, time_limit_s)
        except RejectedError as error:
            raise refusal(error.reason) from error
        return Recording(
            duration_ms=answer["duration_ms"],
            speech=_stretches(answer["speech"]),
            parts=_stretches(answer["parts"]),
            sound=sound.read_bytes() if sound.exists() else b"",
            media_type=answer["media_type"],
        )


def refusal(reason: str) -> InvalidInputError:
    if reason == TOO_LONG:
        return AudioTooLongError(reason, details={"max_seconds": MAX_SECONDS})
    return AudioUnreadableError(reason, details={"reason": reason})


def _stretches(pairs: list[list[int]]) -> tuple[Stretch, ...]:
    return tuple(Stretch(start, end) for start, end in pairs)


def _run(request: dict[str, Any], time_limit_s: float) -> dict[str, Any]:
    """The child's answer; RejectedError with its reason, or with that of its end."""
    hide_from_children()
    with subprocess.Popen(
        [sys.executable, "-m", "voicehelper.voice.reading_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=server_environment(),
        start_new_session=True,
    ) as child:
        try:
            output, errors = child.communicate(json.dumps(request).encode(), time_limit_s)
        except subprocess.TimeoutExpired as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            raise RejectedError("timed_out", f"still decoding after {time_limit_s} s") from error
    if child.returncode:
        raise RejectedError(rejection_reason(child.returncode, errors[-4000:]), f"status {child.returncode}")
    answer: dict[str, Any] = json.loads(output)
    if reason := answer.get("reason"):
        raise RejectedError(reason, answer["explanation"])
    return answer
