"""What a call costs is asked of the budget before it, and settled after it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from voicehelper.adapters.database import TenantDatabase
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.catalogue import Catalogue
from voicehelper.models.errors import BudgetExceededError
from voicehelper.models.speech import SpeechCall
from voicehelper.voice.calls import Price, VoiceModels, call_paid
from voicehelper.voice.errors import NoSpeechError, VoiceNotConfiguredError
from voicehelper.voice.listening import transcribe
from voicehelper.voice.models import SpeechRequest
from voicehelper.voice.reading import Recording
from voicehelper.voice.speaking import speak

from tests.unit.models.ledgers import MemoryLedger

CALL = SpeechCall(task="speak", within_s=5, text="Hello")
SPOKEN = {"speech": {"provider": "main", "sound": "UklGRg==", "duration_ms": 5}}
CATALOGUE = Catalogue.model_validate(
    {
        "providers": {"main": {"base_url": "https://x/v1"}},
        "transcription": {"provider": "main", "model": "hears", "cost_per_minute_usd": 0.6},
        "speech": {"provider": "main", "model": "speaks", "cost_per_1k_characters_usd": 1.0},
    }
)


class Nobody(TenantDatabase):
    """A tenant without a viewer, so that nothing is written."""

    def __init__(self) -> None:
        self.tenant_id, self.viewer = uuid4(), None


def models(ledger: MemoryLedger, asked: list[Any], answer: Any = SPOKEN, *, fails: bool = False) -> VoiceModels:
    def invoke(payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        asked.append(payload)
        if fails:
            raise UpstreamUnavailableError
        return dict(answer)

    return VoiceModels(CATALOGUE, lambda _: Recording(3000, ()), invoke, ledger)


def test_a_call_is_reserved_and_settled_at_its_price() -> None:
    ledger, asked = MemoryLedger(1.0), list[Any]()

    reply = call_paid(Nobody(), models(ledger, asked), CALL, Price("speaks", 0.25))

    assert reply.provider == "main"
    assert ledger.open == {}
    assert [usd for _, usd in ledger.settled] == [0.25]


def test_what_the_budget_does_not_hold_is_not_called() -> None:
    ledger, asked = MemoryLedger(0.1), list[Any]()

    with pytest.raises(BudgetExceededError):
        speak(Nobody(), SpeechRequest(text="x" * 200), models(ledger, asked))

    assert asked == []


def test_a_call_that_fails_costs_nothing() -> None:
    ledger = MemoryLedger(1.0)

    with pytest.raises(UpstreamUnavailableError):
        call_paid(Nobody(), models(ledger, [], fails=True), CALL, Price("speaks", 0.25))

    assert ledger.open == {}
    assert [usd for _, usd in ledger.settled] == [0.0]


def test_silence_is_not_sent_to_anybody() -> None:
    ledger, asked = MemoryLedger(1.0), list[Any]()

    with pytest.raises(NoSpeechError):
        transcribe(Nobody(), b"RIFF", "auto", models(ledger, asked))

    assert (asked, ledger.settled) == ([], [])


@pytest.mark.parametrize("catalogue", [None, Catalogue(providers={})], ids=["no catalogue", "without speech"])
def test_what_is_not_configured_names_its_setting_before_anything_is_opened(catalogue: Catalogue | None) -> None:
    def read(_: bytes) -> Recording:
        raise AssertionError("opened")

    none = VoiceModels(catalogue, read, lambda *_, **__: {})

    with pytest.raises(VoiceNotConfiguredError) as hears:
        transcribe(Nobody(), b"RIFF", "auto", none)
    with pytest.raises(VoiceNotConfiguredError) as speaks:
        speak(Nobody(), SpeechRequest(text="x"), none)

    assert hears.value.details == {"setting": "ModelConfigParameter: transcription"}
    assert speaks.value.details == {"setting": "ModelConfigParameter: speech"}
