"""From text to speech: ``speak``; ``functions/voice/speak_text.py`` and turns call it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.errors import InvalidInputError
from voicehelper.models.catalogue import SpeechModel
from voicehelper.models.speech import SPEAK_WITHIN_S, Format, SpeechCall
from voicehelper.models.voices import offered_voices, voice_for
from voicehelper.shapes.ids import new_id
from voicehelper.text.language import text_language
from voicehelper.voice.calls import Price, VoiceModels, call_paid
from voicehelper.voice.errors import NothingToSayError
from voicehelper.voice.models import SpeechRequest, VoiceList, signed
from voicehelper.voice.spoken.reading import spoken_form

PREFIX: Final = "voice/"  # of the store, where what lies is deleted after a day
MAX_SPOKEN_CHARACTERS: Final = 4096  # OpenAI's own bound, which others keep as well
_PITCHED: Final = frozenset({"espeak-ng"})


class VoiceUnknownError(InvalidInputError):
    """``details`` has ``voices``, those that there are."""

    code = "VOICE_UNKNOWN"


class VoiceOptionError(InvalidInputError):
    """What the provider cannot do; ``details`` has ``option`` and ``provider``."""

    code = "VOICE_OPTION_UNSUPPORTED"


class SpeechTooLongError(InvalidInputError):
    """As it is said the text is too long; ``details`` has ``max_characters``."""

    code = "SPEECH_TOO_LONG"


@dataclass(frozen=True, slots=True)
class Spoken:
    """``content`` is empty if the speech is in the store under ``key``."""

    content: bytes
    key: str
    format: Format
    duration_ms: int
    provider: str


def speak(
    tenant: TenantDatabase,
    request: SpeechRequest,
    models: VoiceModels,
    *,
    must_store: bool = False,
    kb_id: UUID | None = None,
    within_s: float = SPEAK_WITHIN_S,
) -> Spoken:
    named = models.speech
    language = text_language(request.text)
    said = _said(request)
    key = f"{PREFIX}{tenant.tenant_id}/{new_id()}.{request.format}"
    call = SpeechCall(
        task="speak",
        within_s=within_s,
        text=said,
        language=language,
        voice=voice_of(request, named),
        rate=1 + signed(request.rate) / 100,
        pitch_hz=signed(request.pitch),
        format=request.format,
        key=key,
        must_store=must_store,
    )
    price = Price(named.model or named.provider, len(said) / 1000 * named.cost_per_1k_characters_usd, kb_id)
    reply = call_paid(tenant, models, call, price)
    return Spoken(base64.b64decode(reply.sound), key, request.format, reply.duration_ms, reply.provider)


def _said(request: SpeechRequest) -> str:
    said = spoken_form(request.text, text_language(request.text))
    if not said:
        raise NothingToSayError
    if len(said) > MAX_SPOKEN_CHARACTERS:
        raise SpeechTooLongError(details={"max_characters": MAX_SPOKEN_CHARACTERS})
    return said


def voice_of(request: SpeechRequest, named: SpeechModel) -> str:
    if signed(request.pitch) and named.provider not in _PITCHED:
        raise VoiceOptionError(details={"option": "pitch", "provider": named.provider})
    offered = offered_voices(named)
    if not request.voice:
        return voice_for(text_language(request.text), offered)
    if request.voice not in (names := [voice.id for voice in offered]):
        raise VoiceUnknownError(details={"voices": names})
    return request.voice


def list_voices(named: SpeechModel) -> VoiceList:
    return VoiceList(items=offered_voices(named), provider=named.provider)
