"""What an answer took, charged to its caller's workspace: ``charge_of`` and ``calls_of`` say what, ``charge_alone``
writes it.
"""

from __future__ import annotations

from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.events import Usage
from voicehelper.errors import VoiceHelperError
from voicehelper.identity.usage import Charge, charge
from voicehelper.models.pricing import Tariff, Tariffs
from voicehelper.observability.logs import logger
from voicehelper.retrieval.pipeline import Retrieval, Spent
from voicehelper.retrieval.question import Question


def charge_of(question: Question, usage: Usage, spent: Spent | None = None) -> Charge:
    """One question, and what its answer took; ``spent``, which the search took, is in the usage but for its words."""
    tokens_out = usage.completion_tokens + (spent.tokens - spent.prompt_tokens if spent else 0)
    return Charge(usage.model, 1, usage.tokens - tokens_out, tokens_out, usage.cost_usd, _base_of(question))


def calls_of(retrieval: Retrieval, tariffs: Tariffs) -> list[Charge]:
    """The calls of hosted models that only read, one charge for each kind."""
    calls = ((tariffs.embedding, retrieval.embedded_tokens), (tariffs.rerank, retrieval.reranked_tokens))
    kb_id = _base_of(retrieval.question)
    return [read_by(tariff, tokens, kb_id) for tariff, tokens in calls if tariff and tokens]


def read_by(tariff: Tariff, tokens: int, kb_id: UUID | None) -> Charge:
    return Charge(tariff.model, 0, tokens, 0, tariff.cost_usd(tokens), kb_id, asked=False)


def _base_of(question: Question) -> UUID | None:
    return question.base_ids[0] if question.base_ids and len(question.base_ids) == 1 else None


def charge_alone(tenant: TenantDatabase, *charges: Charge) -> None:
    """In a transaction of its own. An answer is given also where what it took cannot be charged."""
    if tenant.viewer is None or not charges:
        return
    try:
        with tenant.transaction() as tx:
            charge(tx, *charges)
    except VoiceHelperError as error:
        logger().warning("usage not charged", extra={"explanation": f"{type(error).__name__}: {error}"})
