from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from voicehelper.answering.events import Composed
from voicehelper.answering.hosted.generate import TIMEOUT_S, HostedAnswer
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.errors import UpstreamUnavailableError, VoiceHelperError
from voicehelper.index.chunk import Place
from voicehelper.index.passage import Passage
from voicehelper.models.errors import ContextTooLongError
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline
from voicehelper.retrieval.pipeline import start
from voicehelper.retrieval.question import Question


class ReaderOf:
    """A model that reads at most so many passages, and quotes the first."""

    def __init__(self, passages: int) -> None:
        self.passages, self.requests, self.times_s = passages, list[ChatRequest](), list[float]()

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        self.times_s.append(deadline.remaining())
        self.requests.append(request)
        if request.messages[-1]["content"].count("</passage>") > self.passages:
            raise ContextTooLongError(details={"context_length": 9, "max_context": 8})
        return ChatCompletion("The warranty lasts 24 months [1].", "m", 10, 5, "primary", 0.01)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        raise NotImplementedError


def compose(chat: ReaderOf, *, self_rag: bool = True, left_s: float | None = None) -> Composed:
    texts = ["The warranty lasts 24 months.", *(f"Room {n} is on floor {n}." for n in range(2, 9))]
    passages = tuple(
        Passage(UUID(int=n), UUID(int=99), "Manual", text, Place(1), bm25=5.0, similarity=0.9, score=1 - n / 10)
        for n, text in enumerate(texts)
    )
    asked = replace(start(Question("How long is the warranty?", None, "en", self_rag=self_rag)), passages=passages)
    answer = HostedAnswer(chat, OfflineAnswer(None), clock=lambda: 100.0, seconds_left=lambda: left_s)
    (composed,) = (event for event in answer(asked) if isinstance(event, Composed))
    return composed


def test_the_best_passages_are_kept_where_all_are_too_long_for_every_model() -> None:
    chat = ReaderOf(passages=2)

    answer = compose(chat)

    assert (answer.citations, answer.usage.model) == ([0], "m")
    assert (answer.usage.tokens, answer.usage.completion_tokens) == (15, 5)
    assert [request.messages[-1]["content"].count("</passage>") for request in chat.requests] == [8, 4, 2]


@pytest.mark.parametrize(("left_s", "given_s"), [(None, TIMEOUT_S), (60.0, TIMEOUT_S), (3.0, 3.0)])
def test_a_model_has_no_more_time_than_the_call_has_left(left_s: float | None, given_s: float) -> None:
    compose(chat := ReaderOf(passages=8), left_s=left_s)

    assert chat.times_s == [given_s]


def test_a_question_too_long_for_every_model_by_itself_is_refused() -> None:
    with pytest.raises(ContextTooLongError):
        compose(ReaderOf(passages=0))


def test_a_model_is_selected_by_the_question_alone() -> None:
    chat = ReaderOf(passages=8)

    compose(chat)

    assert chat.requests[0].question == "How long is the warranty?"


class Replies(ReaderOf):
    """A model that gives these replies, one a request; an error stands for a request that fails."""

    def __init__(self, *replies: str | VoiceHelperError) -> None:
        super().__init__(passages=8)
        self.replies = list(replies)

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        assert deadline.remaining() > 0
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, VoiceHelperError):
            raise reply
        return ChatCompletion(reply, "m", 10, 5, "primary", 0.01)


TRUE = "The warranty lasts 24 months [1]."
FALSE = "It also covers theft by 900 penguins [1]."


def test_a_model_is_asked_again_where_the_passages_do_not_support_it() -> None:
    chat = Replies(f"{TRUE} {FALSE}", TRUE)

    answer = compose(chat)

    assert answer.text == TRUE
    assert answer.check
    assert (answer.check.removed, answer.check.asked_again) == (0, True)
    assert (answer.usage.tokens, answer.usage.completion_tokens, answer.usage.cost_usd) == (30, 10, 0.02)
    assert FALSE in chat.requests[1].messages[-2]["content"]


@pytest.mark.parametrize("second", [f"{FALSE} {FALSE}", UpstreamUnavailableError("away")])
def test_the_first_answer_stays_without_what_is_unsupported_where_the_second_is_no_better(
    second: str | VoiceHelperError,
) -> None:
    answer = compose(Replies(f"{TRUE} {FALSE}", second))

    assert (answer.text, answer.refused) == (TRUE, False)
    assert answer.check
    assert answer.check.corrected


def test_a_model_that_is_right_is_asked_once() -> None:
    answer = compose(chat := Replies(TRUE))

    assert len(chat.requests) == 1
    assert answer.check
    assert not answer.check.corrected


def test_without_self_rag_a_model_is_not_asked_again() -> None:
    answer = compose(chat := Replies(f"{TRUE} {FALSE}"), self_rag=False)

    assert (answer.text, len(chat.requests)) == (TRUE, 1)
