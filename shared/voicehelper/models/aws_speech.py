"""Speech by services of AWS, which are called with the function's own rights: Transcribe and Polly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voicehelper.adapters.polly import PCM_RATE, synthesize
from voicehelper.adapters.transcribe import Store, transcribe_job
from voicehelper.models.offline.sound_files import wav_file
from voicehelper.models.protocols import Deadline
from voicehelper.models.speech import Heard, Sound, Transcription, Utterance

_SUFFIXES: Final = {"audio/wav": "wav", "audio/ogg": "ogg"}


@dataclass(frozen=True, slots=True)
class AmazonTranscriber:
    """Implements ``Transcriber``."""

    store: Store

    def transcribe(self, sound: Sound, language: str, deadline: Deadline) -> Transcription:
        suffix = _SUFFIXES[sound.media_type]
        found, sentences = transcribe_job(sound.content, suffix, language, self.store, deadline.remaining)
        return Transcription(found or language, [Heard(*sentence) for sentence in sentences])


@dataclass(frozen=True, slots=True)
class PollySpeaker:
    """Implements ``Speaker``. ``engine`` is neural, unless the catalogue names another."""

    engine: str

    def speak(self, utterance: Utterance, deadline: Deadline) -> bytes:
        spoken = synthesize(
            utterance.text,
            voice=utterance.voice,
            engine=self.engine,
            rate=utterance.rate,
            target=utterance.format,
            seconds_left=deadline.remaining,
        )
        return wav_file(spoken, PCM_RATE) if utterance.format == "wav" else spoken
