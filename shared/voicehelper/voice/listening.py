"""From a recording to what was said in it: ``transcribe``; ``functions/voice/transcribe_audio.py`` and turns call it.

Only the speech is sent to the recogniser, its parts one after the other; the times it tells are then put back to where
they are in the recording.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.models.speech import TRANSCRIBE_WITHIN_S, Heard, SpeechCall
from voicehelper.voice.activity import Stretch, in_recording
from voicehelper.voice.calls import Price, VoiceModels, call_paid
from voicehelper.voice.errors import NoSpeechError
from voicehelper.voice.models import Language, SpeechStretch, Transcript, TranscriptSegment, VoiceActivity
from voicehelper.voice.reading import Recording, read_recording

_CODES: Final[dict[Language, Literal["zh", "en", ""]]] = {"zh-CN": "zh", "en": "en", "auto": ""}
_NO_SPACE_BEFORE: Final = range(0x2E80, 0x10000)  # Chinese characters and punctuation


def detect_speech(content: bytes) -> VoiceActivity:
    """In a function that may open recordings itself."""
    recording = read_recording(content, with_sound=False)
    return VoiceActivity(
        segments=[SpeechStretch(start_ms=part.start_ms, end_ms=part.end_ms) for part in recording.speech],
        speech_ratio=speech_ratio(recording),
        duration_ms=recording.duration_ms,
    )


def speech_ratio(recording: Recording) -> float:
    spoken = sum(stretch.length_ms for stretch in recording.speech)
    return min(1.0, round(spoken / recording.duration_ms, 4)) if recording.duration_ms else 0.0


def transcribe(
    tenant: TenantDatabase,
    content: bytes,
    language: Language,
    models: VoiceModels,
    *,
    kb_id: UUID | None = None,
    within_s: float = TRANSCRIBE_WITHIN_S,
) -> Transcript:
    """NoSpeechError for silence, and where the recogniser understands nothing."""
    named = models.transcription  # before the recording is opened
    recording = models.read(content)
    if not recording.speech:
        raise NoSpeechError
    call = SpeechCall(
        task="transcribe",
        within_s=within_s,
        sound=base64.b64encode(recording.sound).decode(),
        media_type=recording.media_type,
        language=_CODES[language],
    )
    minutes = sum(part.length_ms for part in recording.parts) / 60_000
    price = Price(named.model or named.provider, minutes * named.cost_per_minute_usd, kb_id)
    reply = call_paid(tenant, models, call, price)
    segments = placed(reply.segments, recording.parts)
    if not segments:
        raise NoSpeechError
    return Transcript(
        text=joined([segment.text for segment in segments]),
        language=_shown(reply.language or _CODES[language]),
        segments=segments,
        confidence=mean_confidence(segments),
        duration_ms=recording.duration_ms,
        provider=reply.provider,
    )


def placed(heard: Sequence[Heard], parts: Sequence[Stretch]) -> list[TranscriptSegment]:
    """In the recording, in order, and never beyond it, whatever the recogniser tells."""
    total_s = sum(part.length_ms for part in parts) / 1000
    segments = []
    for part in sorted(heard):
        start = in_recording(min(part.start_s, total_s) * 1000, parts)
        end = max(start, in_recording(min(part.end_s, total_s) * 1000, parts))
        confidence = round(min(1.0, max(0.0, part.confidence)), 4)
        segments.append(TranscriptSegment(start_ms=start, end_ms=end, text=part.text, confidence=confidence))
    return segments


def joined(texts: Sequence[str]) -> str:
    """With a space between words, and none beside a Chinese character."""
    whole = ""
    for text in texts:
        glued = not whole or ord(whole[-1]) in _NO_SPACE_BEFORE or ord(text[0]) in _NO_SPACE_BEFORE
        whole += text if glued else f" {text}"
    return whole


def mean_confidence(segments: Sequence[TranscriptSegment]) -> float:
    weights = [max(1, segment.end_ms - segment.start_ms) for segment in segments]
    weighted = sum(weight * segment.confidence for weight, segment in zip(weights, segments, strict=True))
    return round(weighted / sum(weights), 4)


def _shown(code: str) -> str:
    return {"zh": "zh-CN"}.get(code, code or "und")
