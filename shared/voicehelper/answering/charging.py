"""What an answer took, charged to its caller's workspace: ``charge_of`` says what, ``charge_alone`` writes it."""

from __future__ import annotations

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.events import Usage
from voicehelper.errors import VoiceHelperError
from voicehelper.identity.usage import Charge, charge
from voicehelper.observability.logs import logger
from voicehelper.retrieval.pipeline import Spent
from voicehelper.retrieval.question import Question


def charge_of(question: Question, usage: Usage, spent: Spent | None = None) -> Charge:
    """One question, and what its answer took; ``spent``, which the search took, is in the usage but for its words."""
    kb_id = question.base_ids[0] if question.base_ids and len(question.base_ids) == 1 else None
    tokens_out = usage.completion_tokens + (spent.tokens - spent.prompt_tokens if spent else 0)
    return Charge(usage.model, 1, usage.tokens - tokens_out, tokens_out, usage.cost_usd, kb_id)


def charge_alone(tenant: TenantDatabase, what: Charge) -> None:
    """In a transaction of its own. An answer is given also where what it took cannot be charged."""
    if tenant.viewer is None:
        return
    try:
        with tenant.transaction() as tx:
            charge(tx, what)
    except VoiceHelperError as error:
        logger().warning("usage not charged", extra={"explanation": f"{type(error).__name__}: {error}"})
