"""Answers written by a hosted model, held to the passages it was given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from voicehelper.answering.events import Composed, Delta, Usage, whole
from voicehelper.answering.hosted.prompt import answer_from_reply, answer_messages
from voicehelper.answering.reader.compose import refusal
from voicehelper.models.protocols import DEFAULT_PROVIDER, Chat, ChatRequest, Deadline
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import idf_of

READ_PASSAGES: Final = 8
MAX_TOKENS: Final = 1000
# API Gateway gives up after 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
TIMEOUT_S: Final = 22.0


@dataclass(frozen=True, slots=True)
class HostedAnswer:
    """Implements ``Compose`` with a chat model."""

    chat: Chat
    clock: Callable[[], float] = time.monotonic

    def __call__(self, found: Retrieval) -> Iterator[Delta | Composed]:
        """Whole, once the reply has been checked: what cannot be grounded is never shown, not even for a moment."""
        return whole(self._answer(found))

    def _answer(self, found: Retrieval) -> Composed:
        """No passages, no call: the model would only be tempted. The last sentence of dead providers cites nothing."""
        question, passages = found.question, found.passages[:READ_PASSAGES]
        if not passages:
            return refusal(question.text, usage=Usage("none"))
        messages = answer_messages(question.text, passages, history=question.history)
        request = ChatRequest(messages, max_tokens=MAX_TOKENS, temperature=0.0)
        reply = self.chat.complete(request, Deadline(self.clock() + TIMEOUT_S, self.clock))
        usage = Usage(reply.model, reply.tokens, reply.cost_usd)
        if reply.provider == DEFAULT_PROVIDER:
            return Composed(reply.content, [], refused=True, confidence=0.0, usage=usage)
        return answer_from_reply(reply.content, question.text, passages, idf_of(found.idf), usage)
