from __future__ import annotations

import pytest
from voicehelper.models.catalogue import DEFAULT_MODELS, Priority
from voicehelper.models.errors import ContextTooLongError
from voicehelper.models.routing import NamedModels, Routed, context_length

from tests.unit.models.chats import FakeChat, request, within


def routed_name(text: str = "多久？", priority: Priority = "balanced", **options: object) -> str:
    chat = FakeChat()
    Routed(chat, DEFAULT_MODELS, priority).complete(request(text, **options), within())
    return chat.requests[0].model


def test_a_question_goes_to_the_model_that_its_complexity_needs() -> None:
    assert routed_name("分析两种方案的优劣", "quality") == "gpt-4"
    assert routed_name("什么是年假？", "quality") == "qwen-turbo"


def test_the_question_is_judged_and_not_the_material_around_it() -> None:
    assert routed_name("分析、评估、预测……", "quality", question="什么是年假？") == "qwen-turbo"


def test_prompt_and_answer_must_fit_the_context() -> None:
    assert routed_name("年" * 7_000, "cost", max_tokens=1_192) == "qwen-turbo"
    assert routed_name("年" * 7_000, "cost", max_tokens=1_193) == "gpt-3.5-turbo"


def test_the_length_is_that_of_all_messages_and_the_longest_answer() -> None:
    assert context_length(request("年" * 100, max_tokens=50)) == 150


def test_a_prompt_that_no_model_reads_is_refused_before_the_call() -> None:
    chat = FakeChat()

    with pytest.raises(ContextTooLongError):
        Routed(chat, DEFAULT_MODELS).complete(request("年" * 128_000), within())

    assert chat.requests == []


def test_a_model_that_the_request_names_stays() -> None:
    assert routed_name("什么是年假？", "cost", model="gpt-4") == "gpt-4"


def test_a_model_that_the_table_does_not_know_is_replaced() -> None:
    assert routed_name("什么是年假？", "cost", model="gone") == "qwen-turbo"


def test_a_stream_is_routed_as_well() -> None:
    chat = FakeChat()

    pieces = list(Routed(chat, DEFAULT_MODELS, "latency").stream(request(), within()))

    assert (len(pieces), chat.requests[0].model) == (3, "qwen-turbo")


@pytest.mark.parametrize(("named", "expected"), [("b", "b"), ("", "a"), ("gone", "a")])
def test_the_named_model_is_called_or_else_the_usual_one(named: str, expected: str) -> None:
    models = NamedModels({"a": FakeChat("a"), "b": FakeChat("b")}, default="a")

    assert models.complete(request(model=named), within()).model == expected
    *_, streamed = models.stream(request(model=named), within())
    assert getattr(streamed, "model", "") == expected
