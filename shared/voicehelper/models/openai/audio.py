"""Speech through any endpoint that speaks OpenAI's protocol: ``OpenAITranscriber`` and ``OpenAISpeaker``.

https://platform.openai.com/docs/api-reference/audio
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from voicehelper.models.openai.client import remote_call
from voicehelper.models.protocols import Deadline
from voicehelper.models.speech import MOST_SPEECH_BYTES, Heard, Sound, Transcription, Utterance

if TYPE_CHECKING:
    from openai import OpenAI

    from voicehelper.models.catalogue import SpeechModel, TranscriptionModel

_MOST_TEXT_BYTES: Final = 2_000_000
_SUFFIXES: Final = {"audio/wav": "wav", "audio/ogg": "ogg"}
_FORMATS: Final = {"mp3": "mp3", "wav": "wav", "ogg": "opus"}  # Opus comes in Ogg
# Whisper's own bounds for a passage in which nobody speaks, and of which it then invents the text.
_SILENT, _UNSURE = 0.6, -1.0
_SPEEDS: Final = (0.25, 4.0)


class OpenAITranscriber:
    """Implements ``Transcriber``. ``confidence`` is exp(avg_logprob): the mean probability of the model's tokens."""

    def __init__(self, client: OpenAI, settings: TranscriptionModel) -> None:
        self._client, self._model = client, settings.model

    def transcribe(self, sound: Sound, language: str, deadline: Deadline) -> Transcription:
        return remote_call(
            lambda: self._transcribe(sound, language), deadline, model=self._model, max_bytes=_MOST_TEXT_BYTES
        )

    def _transcribe(self, sound: Sound, language: str) -> Transcription:
        name = f"speech.{_SUFFIXES[sound.media_type]}"
        create: Any = self._client.audio.transcriptions.create
        answer = create(
            model=self._model,
            file=(name, sound.content, sound.media_type),
            response_format="verbose_json",
            **({"language": language} if language else {}),
        )
        return _transcription(answer.to_dict(warnings=False))


def _transcription(answer: dict[str, Any]) -> Transcription:
    """From servers that tell no segments, all of it as one."""
    segments = answer.get("segments")
    if not segments:
        whole = Heard(0.0, float(answer.get("duration") or math.inf), str(answer["text"]).strip(), 0.0)
        return Transcription(language_code(answer.get("language")), [whole] if whole.text else [])
    heard = [_heard(segment) for segment in segments if not _is_invented(segment)]
    return Transcription(language_code(answer.get("language")), [part for part in heard if part.text])


def _heard(segment: dict[str, Any]) -> Heard:
    logprob = segment.get("avg_logprob")
    confidence = min(1.0, math.exp(float(logprob))) if logprob is not None else 0.0
    start, end = float(segment["start"]), float(segment["end"])
    if not (math.isfinite(start) and math.isfinite(end) and math.isfinite(confidence)):
        raise ValueError("a segment without times")
    return Heard(start, end, str(segment["text"]).strip(), confidence)


def _is_invented(segment: dict[str, Any]) -> bool:
    return float(segment.get("no_speech_prob") or 0) > _SILENT and float(segment.get("avg_logprob") or 0) < _UNSURE


def language_code(name: object) -> str:
    """Whisper names a language by its English word, other servers by its code."""
    text = str(name or "").lower()
    return {"english": "en", "chinese": "zh", "mandarin": "zh", "cantonese": "zh"}.get(text, text.partition("-")[0])


class OpenAISpeaker:
    """Implements ``Speaker``; the protocol knows no pitch."""

    def __init__(self, client: OpenAI, settings: SpeechModel) -> None:
        self._client, self._model = client, settings.model

    def speak(self, utterance: Utterance, deadline: Deadline) -> bytes:
        return remote_call(lambda: self._speak(utterance), deadline, model=self._model, max_bytes=MOST_SPEECH_BYTES)

    def _speak(self, utterance: Utterance) -> bytes:
        create: Any = self._client.audio.speech.create
        content: bytes = create(
            model=self._model,
            voice=utterance.voice,
            input=utterance.text,
            response_format=_FORMATS[utterance.format],
            speed=min(max(utterance.rate, _SPEEDS[0]), _SPEEDS[1]),
        ).content
        if not content:
            raise ValueError("no sound")
        return content
