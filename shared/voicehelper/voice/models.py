"""API models of speech; ``functions/voice`` and ``entry.audio`` use them."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from voicehelper.answering.api import RagResponse
from voicehelper.conversations.models import Message
from voicehelper.models.speech import Format
from voicehelper.models.voices import Voice
from voicehelper.shapes.bodies import Body

Language = Literal["zh-CN", "en", "auto"]
MAX_CHARACTERS: Final = 4000
_RATES, _PITCHES = (-50, 100), (-50, 50)
CONFIDENCE: Final = (
    "The mean probability of the recogniser's tokens, from 0 to 1, weighted by the length of segments; 0 where the "
    "recogniser does not tell it."
)


class SpeechStretch(BaseModel):
    start_ms: int
    end_ms: int


class VoiceActivity(BaseModel):
    """Where somebody speaks; pauses of less than 400 ms belong to the speech around them."""

    segments: list[SpeechStretch]
    speech_ratio: Annotated[float, Field(ge=0, le=1)]
    duration_ms: int


class TranscriptSegment(SpeechStretch):
    text: str
    confidence: Annotated[float, Field(ge=0, le=1, description=CONFIDENCE)]


class Transcript(BaseModel):
    """What was said. Times are of the recording, pauses included."""

    text: str
    language: Annotated[str, Field(description="zh-CN, en, or the code of another language.")]
    segments: list[TranscriptSegment]
    confidence: Annotated[float, Field(ge=0, le=1, description=CONFIDENCE)]
    duration_ms: int
    provider: str


def _between(low: int, high: int) -> AfterValidator:
    def check(value: str) -> str:
        if not low <= signed(value) <= high:
            raise ValueError("VALUE_OUT_OF_RANGE")
        return value

    return AfterValidator(check)


def signed(value: str) -> int:
    """The number of "+10%" or "-5Hz"."""
    return int(re.sub(r"[^\d+-]", "", value))


Rate = Annotated[str, StringConstraints(pattern=r"^[+-]\d{1,3}%$"), _between(*_RATES)]
Pitch = Annotated[str, StringConstraints(pattern=r"^[+-]\d{1,3}Hz$"), _between(*_PITCHES)]
VoiceName = Annotated[str, StringConstraints(pattern=r"^[\w.+-]{0,64}$")]


class SpeechRequest(Body):
    """Text as it is written: marks, markup and addresses are not read out, numbers and units as people say them."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CHARACTERS)]
    voice: Annotated[
        VoiceName, Field(description="One of GET /voice/voices; by default one of the text's language.")
    ] = ""
    rate: Annotated[Rate, Field(description="-50% to +100%")] = "+0%"
    pitch: Annotated[Pitch, Field(description="-50Hz to +50Hz, where the provider can")] = "+0Hz"
    format: Format = "mp3"


class VoiceList(BaseModel):
    items: list[Voice]
    provider: str


class SpokenTurn(BaseModel):
    """``answer`` is that of a query or a message. ``audio_url`` opens for an hour, without a token; it is null if the
    answer could not be read aloud.
    """

    question: Transcript
    answer: RagResponse | Message
    audio_url: str | None
    audio_format: Format
