"""Builds what a catalogue names for hearing and speaking; ``speech_resources`` is the caller.

Each SDK is imported by the branch that needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import OpenAI

    from voicehelper.adapters.transcribe import Store
    from voicehelper.models.catalogue import Catalogue, SpeechModel, TranscriptionModel
    from voicehelper.models.speech import Speaker, Transcriber


def build_transcriber(catalogue: Catalogue, keys: Mapping[str, str], store: Callable[[], Store]) -> Transcriber:
    """Of a catalogue that names one; ``store`` is where a service of AWS reads what it is to hear."""
    assert catalogue.transcription
    if catalogue.transcription.provider == "amazon-transcribe":
        from voicehelper.models.aws_speech import AmazonTranscriber

        return AmazonTranscriber(store())
    if catalogue.transcription.provider == "faster-whisper":
        from voicehelper.models.offline.whisper import WhisperTranscriber

        return WhisperTranscriber(catalogue.transcription.model)
    from voicehelper.models.openai.audio import OpenAITranscriber

    return OpenAITranscriber(_client(catalogue, catalogue.transcription, keys), catalogue.transcription)


def build_speaker(catalogue: Catalogue, keys: Mapping[str, str]) -> Speaker:
    """Of a catalogue that names one."""
    assert catalogue.speech
    if catalogue.speech.provider == "amazon-polly":
        from voicehelper.models.aws_speech import PollySpeaker

        return PollySpeaker(catalogue.speech.model)
    if catalogue.speech.provider == "espeak-ng":
        from voicehelper.models.offline.espeak import EspeakSpeaker

        return EspeakSpeaker()
    from voicehelper.models.openai.audio import OpenAISpeaker

    return OpenAISpeaker(_client(catalogue, catalogue.speech, keys), catalogue.speech)


def _client(catalogue: Catalogue, model: TranscriptionModel | SpeechModel, keys: Mapping[str, str]) -> OpenAI:
    from voicehelper.models.openai.client import make_client

    return make_client(catalogue.providers[model.provider].base_url, keys.get(model.provider, ""))
