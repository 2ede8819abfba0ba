from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from voicehelper.answering.events import Composed
from voicehelper.answering.hosted.generate import HostedAnswer
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.index.chunk import Place
from voicehelper.index.passage import Passage
from voicehelper.models.errors import ContextTooLongError
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline
from voicehelper.retrieval.pipeline import start
from voicehelper.retrieval.question import Question


class ReaderOf:
    """A model that reads at most so many passages, and quotes the first."""

    def __init__(self, passages: int) -> None:
        self.passages, self.requests = passages, list[ChatRequest]()

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        assert deadline.remaining() > 0
        self.requests.append(request)
        if request.messages[-1]["content"].count("</passage>") > self.passages:
            raise ContextTooLongError(details={"context_length": 9, "max_context": 8})
        return ChatCompletion("The warranty lasts 24 months [1].", "m", 10, 5, "primary", 0.01)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        raise NotImplementedError


def compose(chat: ReaderOf) -> Composed:
    texts = ["The warranty lasts 24 months.", *(f"Room {n} is on floor {n}." for n in range(2, 9))]
    passages = tuple(
        Passage(UUID(int=n), UUID(int=99), "Manual", text, Place(1), bm25=5.0, similarity=0.9, score=1 - n / 10)
        for n, text in enumerate(texts)
    )
    asked = replace(start(Question("How long is the warranty?", None, "en")), passages=passages)
    (composed,) = (event for event in HostedAnswer(chat, OfflineAnswer(None))(asked) if isinstance(event, Composed))
    return composed


def test_the_best_passages_are_kept_where_all_are_too_long_for_every_model() -> None:
    chat = ReaderOf(passages=2)

    answer = compose(chat)

    assert (answer.citations, answer.usage.model) == ([0], "m")
    assert [request.messages[-1]["content"].count("</passage>") for request in chat.requests] == [8, 4, 2]


def test_a_question_too_long_for_every_model_by_itself_is_refused() -> None:
    with pytest.raises(ContextTooLongError):
        compose(ReaderOf(passages=0))


def test_a_model_is_selected_by_the_question_alone() -> None:
    chat = ReaderOf(passages=8)

    compose(chat)

    assert chat.requests[0].question == "How long is the warranty?"
