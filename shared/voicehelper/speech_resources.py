"""The resources of speech, built as those of ``resources``: for functions/voice, and for the one that calls models."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from voicehelper.resources import catalogue, content, database, provider_keys
from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.models.budgets import Ledger
    from voicehelper.models.speech import SpeechCall, SpeechModels, SpeechReply
    from voicehelper.voice.calls import VoiceModels


def voice_models() -> VoiceModels:
    """For functions beside the database, which have both others called."""
    from voicehelper.adapters.invoke import invoke
    from voicehelper.voice.calls import VoiceModels
    from voicehelper.voice.remote_reading import InvokedReader

    return VoiceModels(
        catalogue(),
        InvokedReader(functools.partial(invoke, settings().audio_function)),
        functools.partial(invoke, settings().model_function),
        _ledger(),
    )


def _ledger() -> Ledger | None:
    if not (limit_usd := settings().monthly_budget_usd):
        return None
    from voicehelper.models.budget_store import BudgetStore

    return BudgetStore(database(), limit_usd)


def answer_speech(call: SpeechCall) -> SpeechReply:
    """In the function that calls models."""
    from voicehelper.models import speech

    return speech.answer_speech(call, _models(call))


def _models(call: SpeechCall) -> SpeechModels:
    from voicehelper.models.speech import SpeechModels
    from voicehelper.models.speech_factory import build_speaker, build_transcriber

    if not (configured := catalogue()):
        raise LookupError("no models of speech are configured")
    named = configured.transcription if call.task == "transcribe" else configured.speech
    if named is None:
        raise LookupError(f"the catalogue names none that can {call.task}")
    keys = dict(provider_keys())
    return SpeechModels(
        named.provider,
        functools.partial(build_transcriber, configured, keys, content),
        functools.partial(build_speaker, configured, keys),
        lambda key, body, kind: content().put(key, body, content_type=kind),
    )
