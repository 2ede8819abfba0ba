"""``VoiceModels``: how the functions beside the database have recordings opened, speech recognised and text spoken.

Each call is paid for by the tenant: its budget is asked before, and what it took is charged after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.charging import charge_alone
from voicehelper.errors import DatabaseError, UpstreamUnavailableError
from voicehelper.identity.usage import Charge
from voicehelper.models.budgets import Ledger
from voicehelper.models.catalogue import Catalogue, SpeechModel, TranscriptionModel
from voicehelper.models.invoked import Invoke, ModelCall, ModelReply
from voicehelper.models.speech import SpeechCall, SpeechReply
from voicehelper.observability.logs import logger
from voicehelper.voice.errors import VoiceNotConfiguredError
from voicehelper.voice.reading import Recording

_WAY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class VoiceModels:
    """``read`` opens a recording, ``invoke`` calls the function that calls models."""

    catalogue: Catalogue | None
    read: Callable[[bytes], Recording]
    invoke: Invoke
    ledger: Ledger | None = None

    @property
    def transcription(self) -> TranscriptionModel:
        """VoiceNotConfiguredError without one."""
        if self.catalogue is None or self.catalogue.transcription is None:
            raise not_configured("transcription")
        return self.catalogue.transcription

    @property
    def speech(self) -> SpeechModel:
        """VoiceNotConfiguredError without one."""
        return configured_speech(self.catalogue)


def configured_speech(catalogue: Catalogue | None) -> SpeechModel:
    if catalogue is None or catalogue.speech is None:
        raise not_configured("speech")
    return catalogue.speech


def not_configured(part: str) -> VoiceNotConfiguredError:
    return VoiceNotConfiguredError(details={"setting": f"ModelConfigParameter: {part}"})


@dataclass(frozen=True, slots=True)
class Price:
    """What a call costs whoever answers it, and as which model it is charged."""

    model: str
    usd: float
    kb_id: UUID | None = None


def call_paid(tenant: TenantDatabase, models: VoiceModels, call: SpeechCall, price: Price) -> SpeechReply:
    """BudgetExceededError before the call; a call that fails costs nothing."""
    ledger = models.ledger if price.usd else None
    reservation = ledger.reserve(str(tenant.tenant_id), tenant.viewer, price.usd) if ledger else None
    spent_usd = 0.0
    try:
        reply = _call(models.invoke, call)
        spent_usd = price.usd
    finally:
        if ledger and reservation:
            _settle(ledger, str(tenant.tenant_id), reservation, spent_usd)
    charge_alone(tenant, Charge(price.model, cost_usd=price.usd, kb_id=price.kb_id))
    return reply


def _settle(ledger: Ledger, tenant: str, reservation: UUID, usd: float) -> None:
    """What is paid for is given, also where the sum cannot be kept; the reservation then expires."""
    try:
        ledger.settle(tenant, reservation, usd)
    except (DatabaseError, UpstreamUnavailableError):
        logger().exception("the cost of speech was not settled", extra={"cost_usd": usd})


def _call(invoke: Invoke, call: SpeechCall) -> SpeechReply:
    asked = ModelCall(task="speech", speech=call).model_dump(mode="json")
    reply = ModelReply.model_validate(invoke(asked, timeout_s=call.within_s + _WAY_S))
    assert reply.speech is not None
    return reply.speech
