from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pydantic import ValidationError
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.invoked import InvokedChat, InvokedEmbedder, ModelCall, answer_call
from voicehelper.models.protocols import Chat, ChatCompletion, ChatRequest, Deadline, Vector

REQUEST = ChatRequest([{"role": "user", "content": "多久？"}], max_tokens=7, temperature=0.5)
COMPLETION = ChatCompletion("36 个月 [1]", "m", 100, 20, "fallback", 0.0012)


class RecordingChat:
    def __init__(self) -> None:
        self.asked: list[tuple[ChatRequest, float]] = []

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        self.asked.append((request, deadline.remaining()))
        return COMPLETION

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        raise NotImplementedError


class LengthEmbedder:
    model, dimensions = "lengths", 2

    def embed_query(self, text: str) -> Vector:
        return [float(len(text)), 0.5]

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        return [[float(len(text)), -0.5] for text in texts]


class Function:
    """The called function in this process; events and results pass through JSON, as on the wire."""

    def __init__(self, chat: Chat | None = None) -> None:
        self.chat, self.timeouts = chat, list[float]()

    def __call__(self, payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        self.timeouts.append(timeout_s)
        call = ModelCall.model_validate_json(json.dumps(payload))
        reply = answer_call(call, chat=lambda: self.chat, embedder=LengthEmbedder)
        return dict(json.loads(reply.model_dump_json()))


def deadline(within_s: float) -> Deadline:
    return Deadline(time.monotonic() + within_s)


def test_a_completion_is_the_models_own_and_keeps_its_deadline() -> None:
    model = RecordingChat()
    function = Function(model)

    assert InvokedChat(function).complete(REQUEST, deadline(10)) == COMPLETION
    ((request, remaining_s),) = model.asked
    assert (list(request.messages), request.max_tokens, request.temperature) == (list(REQUEST.messages), 7, 0.5)
    assert 9 < remaining_s < function.timeouts[0] <= 10


def test_a_stream_is_one_piece_and_the_completion() -> None:
    assert list(InvokedChat(Function(RecordingChat())).stream(REQUEST, deadline(5))) == [COMPLETION.content, COMPLETION]


def test_vectors_are_the_models_own() -> None:
    embedder = InvokedEmbedder(Function(), "lengths", 2)

    assert embedder.embed_query("三个字") == [3.0, 0.5]
    assert embedder.embed_passages(["a", "ab"]) == [[1.0, -0.5], [2.0, -0.5]]


def test_vectors_of_another_model_than_the_callers_are_refused() -> None:
    """A catalogue that has changed is read by one function before the other."""
    embedder = InvokedEmbedder(Function(), "the model of before", 2)

    with pytest.raises(UpstreamUnavailableError, match="lengths"):
        embedder.embed_query("三个字")
    with pytest.raises(UpstreamUnavailableError, match="lengths"):
        embedder.embed_passages(["a"])


def test_many_passages_are_embedded_in_several_calls_in_their_order() -> None:
    function = Function()
    texts = ["x" * length for length in range(1, 151)]

    vectors = InvokedEmbedder(function, "lengths", 2).embed_passages(texts)

    assert vectors == [[float(length), -0.5] for length in range(1, 151)]
    assert len(function.timeouts) == 3


def test_without_a_chat_model_the_call_fails() -> None:
    with pytest.raises(LookupError):
        InvokedChat(Function()).complete(REQUEST, deadline(5))


@pytest.mark.parametrize("call", [{}, {"task": "sing"}, {"task": "complete", "within_s": 31}])
def test_other_calls_are_refused(call: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ModelCall.model_validate(call)
