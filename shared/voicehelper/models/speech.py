"""Models that hear and speak: their protocols and values, and ``answer_speech``, which calls them for other functions.

Functions beside the database ask ``functions/retrieval/call_model.py``, which stands outside their network and has the
providers' keys, by a ``SpeechCall``; the sound travels in it, or to the store where it is long.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

from pydantic import BaseModel, Field

from voicehelper.models.audio_length import duration_ms
from voicehelper.models.protocols import Deadline

Format = Literal["mp3", "wav", "ogg"]
MEDIA_TYPES: Final[dict[Format, str]] = {"mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg"}
# Lambda returns 6 MB, a third of which base64 adds.
MOST_INLINE_BYTES: Final = 4_000_000
MOST_SPEECH_BYTES: Final = 40_000_000
TRANSCRIBE_WITHIN_S: Final = 22.0
SPEAK_WITHIN_S: Final = 20.0


class Heard(NamedTuple):
    """Part of what was said, in seconds of the sound that was sent. ``confidence`` is 0 … 1, or 0 where the model does
    not tell it.
    """

    start_s: float
    end_s: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcription:
    """``language`` is a code such as zh or en; empty where the model does not tell it."""

    language: str
    segments: Sequence[Heard]


@dataclass(frozen=True, slots=True)
class Sound:
    content: bytes
    media_type: str


class Transcriber(Protocol):
    """Raises UpstreamUnavailableError if nothing is recognised before the deadline."""

    def transcribe(self, sound: Sound, language: str, deadline: Deadline) -> Transcription:
        """``language`` is zh or en; empty if the model shall find out."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """``rate`` is a share, 1 as usual; ``pitch_hz`` a difference. ``language`` is that of the text."""

    text: str
    voice: str
    rate: float = 1.0
    pitch_hz: int = 0
    format: Format = "mp3"
    language: Literal["zh", "en"] = "en"


class Speaker(Protocol):
    def speak(self, utterance: Utterance, deadline: Deadline) -> bytes:
        """A file in the utterance's format; UpstreamUnavailableError if it is not there before the deadline."""


class SpeechCall(BaseModel):
    """``sound`` is base64. Speech goes to the store under ``key`` if it ``must_store``, or is too long to return."""

    task: Literal["transcribe", "speak"]
    within_s: float = Field(gt=0, le=30)
    sound: str = ""
    media_type: str = ""
    language: Literal["zh", "en", ""] = ""
    text: str = ""
    voice: str = ""
    rate: float = 1.0
    pitch_hz: int = 0
    format: Format = "mp3"
    key: str = ""
    must_store: bool = False


class SpeechReply(BaseModel):
    """``sound`` is base64, and empty if the speech is in the store."""

    provider: str
    language: str = ""
    segments: list[Heard] = []
    sound: str = ""
    duration_ms: int = 0


Store = Callable[[str, bytes, str], None]


@dataclass(frozen=True, slots=True)
class SpeechModels:
    """``provider`` is its name; ``store`` puts (key, content, type) where the caller finds it."""

    provider: str
    transcriber: Callable[[], Transcriber]
    speaker: Callable[[], Speaker]
    store: Store


def answer_speech(call: SpeechCall, models: SpeechModels) -> SpeechReply:
    deadline = Deadline.after(call.within_s)
    if call.task == "transcribe":
        sound = Sound(base64.b64decode(call.sound), call.media_type)
        heard = models.transcriber().transcribe(sound, call.language, deadline)
        return SpeechReply(provider=models.provider, language=heard.language, segments=list(heard.segments))
    return _speak(call, models, deadline)


def _speak(call: SpeechCall, models: SpeechModels, deadline: Deadline) -> SpeechReply:
    language: Literal["zh", "en"] = "zh" if call.language == "zh" else "en"
    utterance = Utterance(call.text, call.voice, call.rate, call.pitch_hz, call.format, language)
    content = models.speaker().speak(utterance, deadline)
    reply = SpeechReply(provider=models.provider, duration_ms=duration_ms(content))
    if call.key and (call.must_store or len(content) > MOST_INLINE_BYTES):
        models.store(call.key, content, MEDIA_TYPES[call.format])
        return reply
    return reply.model_copy(update={"sound": base64.b64encode(content).decode()})
