"""Who speaks, and what is refused before anybody is called."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from voicehelper.models.catalogue import SpeechModel
from voicehelper.voice.models import SpeechRequest
from voicehelper.voice.speaking import VoiceOptionError, VoiceUnknownError, list_voices, voice_of

POLLY, ESPEAK = SpeechModel(provider="amazon-polly"), SpeechModel(provider="espeak-ng")
NAMED = SpeechModel(provider="main", model="m", voices=("anna", "bob"))


@pytest.mark.parametrize(
    ("text", "named", "voice"),
    [("你好", POLLY, "Zhiyu"), ("Hello", POLLY, "Joanna"), ("你好", ESPEAK, "cmn"), ("Hello", NAMED, "anna")],
)
def test_the_texts_language_chooses_the_voice(text: str, named: SpeechModel, voice: str) -> None:
    assert voice_of(SpeechRequest(text=text), named) == voice


def test_a_voice_is_one_of_those_that_are_listed() -> None:
    assert voice_of(SpeechRequest(text="x", voice="bob"), NAMED) == "bob"
    with pytest.raises(VoiceUnknownError) as refused:
        voice_of(SpeechRequest(text="x", voice="eve"), NAMED)
    assert refused.value.details == {"voices": [voice.id for voice in list_voices(NAMED).items]}


def test_a_pitch_is_refused_where_it_would_do_nothing() -> None:
    assert voice_of(SpeechRequest(text="x", pitch="+10Hz"), ESPEAK) == "en"
    with pytest.raises(VoiceOptionError):
        voice_of(SpeechRequest(text="x", pitch="+10Hz"), NAMED)


@pytest.mark.parametrize(
    "field",
    [
        {"rate": "+101%"},
        {"rate": "10%"},
        {"rate": "-51%"},
        {"pitch": "+51Hz"},
        {"pitch": "1"},
        {"voice": "-v; ls"},
        {"format": "aac"},
        {"text": " "},
        {"text": "x" * 4001},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(field: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SpeechRequest.model_validate({"text": "x", **field})
