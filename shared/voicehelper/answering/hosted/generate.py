"""``HostedAnswer``: prompt, call of the chat model and check of its reply; built by ``resources``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from voicehelper.answering.events import Composed, Delta, Usage, whole
from voicehelper.answering.hosted.prompt import answer_messages
from voicehelper.answering.hosted.reply import answer_from_reply
from voicehelper.answering.reader.compose import refusal
from voicehelper.models.protocols import DEFAULT_PROVIDER, Chat, ChatRequest, Deadline
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import idf_lookup

READ_PASSAGES: Final = 8
MAX_TOKENS: Final = 1000
# API Gateway gives up after 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
TIMEOUT_S: Final = 22.0
MAX_REQUEST_S: Final = 26.0  # of which retrieval, a remote embedding included, may have taken a part


@dataclass(frozen=True, slots=True)
class HostedAnswer:
    """Implements ``Compose`` with a chat model."""

    chat: Chat
    clock: Callable[[], float] = time.monotonic

    def __call__(self, retrieval: Retrieval) -> Iterator[Delta | Composed]:
        """In one piece, after the check of the reply: text that may turn out to be ungrounded is never streamed."""
        return whole(self._answer(retrieval))

    def _answer(self, retrieval: Retrieval) -> Composed:
        """Without passages the model is not called, since it would answer from its own knowledge.

        The fixed reply that replaces unavailable providers has no citations.
        """
        question, passages = retrieval.question, retrieval.passages[:READ_PASSAGES]
        if not passages:
            return refusal(question.text, usage=Usage("none"))
        messages = answer_messages(question.text, passages, history=question.history)
        request = ChatRequest(messages, max_tokens=MAX_TOKENS, temperature=0.0)
        timeout_s = min(TIMEOUT_S, MAX_REQUEST_S - sum(run.seconds for run in retrieval.trace.runs))
        reply = self.chat.complete(request, Deadline(self.clock() + timeout_s, self.clock))
        usage = Usage(reply.model, reply.tokens, reply.cost_usd)
        if reply.provider == DEFAULT_PROVIDER:
            return Composed(reply.content, [], refused=True, confidence=0.0, usage=usage)
        return answer_from_reply(reply.content, question.text, passages, idf_lookup(retrieval.idf), usage)
