"""`make run SPEECH=…` as entries of the model catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from voicehelper.models.catalogue import Catalogue

from infra.local.processes import StackError
from infra.local.speech import with_speech

MODELS = {"providers": {"main": {"base_url": "https://x/v1"}}, "speech": {"provider": "main", "model": "own"}}


def test_without_it_nothing_changes() -> None:
    assert with_speech(None, "") is None
    assert with_speech(MODELS, "") is MODELS


@pytest.mark.parametrize("models", [None, MODELS], ids=["alone", "beside a catalogue"])
def test_a_server_hears_and_speaks(models: dict[str, Any] | None) -> None:
    given = Catalogue.model_validate(with_speech(models, "http://127.0.0.1:8000/v1"))

    assert given.transcription
    assert given.speech
    assert given.providers[given.transcription.provider].base_url == "http://127.0.0.1:8000/v1"
    assert given.speech.model == ("own" if models else "tts-1")


def test_espeak_speaks_and_hears_nothing() -> None:
    given = Catalogue.model_validate(with_speech(None, "espeak-ng"))

    assert given.speech
    assert (given.speech.provider, given.transcription) == ("espeak-ng", None)


def test_anything_else_is_refused_with_what_it_may_be() -> None:
    with pytest.raises(StackError, match="espeak-ng or the address"):
        with_speech(None, "whisper")
