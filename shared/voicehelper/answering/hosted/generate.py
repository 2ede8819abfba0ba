"""``HostedAnswer``: prompt, call of the chat model and check of its reply; built by ``answer_resources``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.answering.events import Check, Compose, Composed, Delta, Usage, whole
from voicehelper.answering.hosted.prompt import answer_messages, correction_messages
from voicehelper.answering.hosted.reply import answer_from_reply
from voicehelper.answering.reader.compose import refusal
from voicehelper.errors import VoiceHelperError
from voicehelper.index.passage import Passage
from voicehelper.models.errors import ContextTooLongError
from voicehelper.models.protocols import DEFAULT_PROVIDER, Chat, ChatCompletion, ChatRequest, Deadline
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.neighbours import reading_order
from voicehelper.text.language import text_language
from voicehelper.text.question_terms import idf_lookup

READ_PASSAGES: Final = 8
UNAVAILABLE: Final = {
    "zh": "抱歉，服务暂时不可用，请稍后重试。",
    "en": "Sorry, the service is unavailable at the moment. Please try again later.",
}
MAX_TOKENS: Final = 1000
# API Gateway gives up after 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
TIMEOUT_S: Final = 22.0
MAX_REQUEST_S: Final = 26.0  # of which retrieval, a remote embedding included, may have taken a part


@dataclass(frozen=True, slots=True)
class HostedAnswer:
    """Implements ``Compose`` with a chat model; while it is away, ``reader`` answers.

    ``seconds_left`` is what the call as a whole has left, a spoken question the rest of which was hearing; None if
    nothing bounds it.
    """

    chat: Chat
    reader: Compose
    clock: Callable[[], float] = time.monotonic
    seconds_left: Callable[[], float | None] = lambda: None

    def __call__(self, retrieval: Retrieval) -> Iterator[Delta | Composed]:
        """In one piece, after the check of the reply: text that may turn out to be ungrounded is never streamed."""
        return whole(self._answer(retrieval))

    def _answer(self, retrieval: Retrieval) -> Composed:
        """Without passages the model is not called, since it would answer from its own knowledge."""
        question, numbers = retrieval.question, reading_order(retrieval.passages, READ_PASSAGES)
        passages = tuple(retrieval.passages[number] for number in numbers)
        if not passages:
            return refusal(question.text, usage=Usage("none"))
        left_s = self.seconds_left()
        taken_s = sum(run.seconds for run in retrieval.trace.runs)
        timeout_s = min(TIMEOUT_S, MAX_REQUEST_S - taken_s, TIMEOUT_S if left_s is None else left_s)
        deadline = Deadline(self.clock() + timeout_s, self.clock)
        reply, passages = self._complete(question, passages, deadline)
        if reply.provider == DEFAULT_PROVIDER:
            return self._without_model(retrieval)
        idf = idf_lookup(retrieval.idf)
        first = answer_from_reply(reply.content, question.text, passages, idf, _usage(reply))
        if not (question.self_rag and first.check and first.check.removed):
            return _numbered(first, numbers)
        try:
            second, _ = self._complete(question, passages, deadline, rejected=reply.content)
        except VoiceHelperError:  # too long now, or beyond the budget: what holds of the first stays
            return _numbered(first, numbers)
        better = answer_from_reply(second.content, question.text, passages, idf, _usage(second))
        return _numbered(_better(first, better, second), numbers)

    def _complete(
        self, question: Question, passages: tuple[Passage, ...], deadline: Deadline, rejected: str = ""
    ) -> tuple[ChatCompletion, tuple[Passage, ...]]:
        """(the reply, the passages of its prompt), the best half of them while they are too long for every model."""
        messages = answer_messages(question.text, passages, history=question.history)
        messages += correction_messages(rejected) if rejected else []
        request = ChatRequest(
            messages,
            MAX_TOKENS,
            0.0,
            question=question.text,
            tenant=str(question.tenant_id or ""),
            use_cache=question.use_cache,
            viewer=question.viewer,
        )
        try:
            return self.chat.complete(request, deadline), passages
        except ContextTooLongError:
            if len(passages) == 1:
                raise
            return self._complete(question, passages[: len(passages) // 2], deadline, rejected)

    def _without_model(self, retrieval: Retrieval) -> Composed:
        """The reader finds less than a model does, so what it refuses is no refusal."""
        (composed,) = (event for event in self.reader(retrieval) if isinstance(event, Composed))
        if composed.refused:
            composed = replace(composed, text=UNAVAILABLE[text_language(retrieval.question.text)])
        return replace(composed, degraded=("chat_model",))


def _numbered(composed: Composed, numbers: Sequence[int]) -> Composed:
    """Its citations as indices into all passages, of which ``numbers`` were in the prompt."""
    return replace(composed, citations=[numbers[number] for number in composed.citations])


def _usage(reply: ChatCompletion) -> Usage:
    return Usage(reply.model, reply.tokens, reply.cost_usd, reply.completion_tokens)


def _better(first: Composed, second: Composed, reply: ChatCompletion) -> Composed:
    """The second answer if more of it holds, else the first; either costs both. ``reply`` is the second one."""
    assert first.check
    usage = Usage(
        second.usage.model,
        first.usage.tokens + reply.tokens,
        first.usage.cost_usd + reply.cost_usd,
        first.usage.completion_tokens + reply.completion_tokens,
    )
    removed = second.check.removed if second.check else first.check.removed
    takes_second = not second.refused and (first.refused or removed <= first.check.removed)
    chosen = second if reply.provider != DEFAULT_PROVIDER and takes_second else first
    if chosen is first:
        usage = replace(usage, model=first.usage.model)
    seconds = first.check.seconds + (second.check.seconds if second.check else 0.0)
    return replace(
        chosen, usage=usage, check=Check(seconds, chosen.check.removed if chosen.check else 0, asked_again=True)
    )
