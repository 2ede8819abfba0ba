"""Recordings opened in a function of their own, which has no rights: ``answer_reading`` is that function,
``InvokedReader`` what its callers beside the database see.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from voicehelper.models.invoked import Invoke
from voicehelper.voice.activity import Stretch
from voicehelper.voice.errors import AudioTooLongError, AudioUnreadableError
from voicehelper.voice.reading import TIME_LIMIT_S, Recording, read_recording, refusal

_WAY_S: Final = 2.0  # to the function and back, and its start
Pairs = list[tuple[int, int]]


class RecordingCall(BaseModel):
    """``content`` is base64."""

    content: str


class RecordingReply(BaseModel):
    """``reason`` of a recording that cannot be heard, or what it holds; ``sound`` is base64."""

    reason: str = ""
    duration_ms: int = 0
    speech: Pairs = []
    parts: Pairs = []
    sound: str = ""
    media_type: str = ""


def answer_reading(call: RecordingCall) -> RecordingReply:
    try:
        recording = read_recording(base64.b64decode(call.content), with_sound=True)
    except (AudioTooLongError, AudioUnreadableError) as error:
        return RecordingReply(reason=str(error))
    return RecordingReply(
        duration_ms=recording.duration_ms,
        speech=_pairs(recording.speech),
        parts=_pairs(recording.parts),
        sound=base64.b64encode(recording.sound).decode(),
        media_type=recording.media_type,
    )


def _pairs(stretches: Sequence[Stretch]) -> Pairs:
    return [(stretch.start_ms, stretch.end_ms) for stretch in stretches]


@dataclass(frozen=True, slots=True)
class InvokedReader:
    invoke: Invoke

    def __call__(self, content: bytes) -> Recording:
        """AudioTooLongError or AudioUnreadableError for what cannot be heard."""
        call = RecordingCall(content=base64.b64encode(content).decode())
        answer = self.invoke(call.model_dump(), timeout_s=TIME_LIMIT_S + _WAY_S)
        reply = RecordingReply.model_validate(answer)
        if reply.reason:
            raise refusal(reply.reason)
        return Recording(
            duration_ms=reply.duration_ms,
            speech=tuple(Stretch(*pair) for pair in reply.speech),
            parts=tuple(Stretch(*pair) for pair in reply.parts),
            sound=base64.b64decode(reply.sound),
            media_type=reply.media_type,
        )
