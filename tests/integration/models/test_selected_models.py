"""A catalogue whose chat model is "auto", over real sockets: the models of two providers, one of them selected."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from voicehelper.models.catalogue import parse_catalogue
from voicehelper.models.factory import build_chat
from voicehelper.models.invoked import ModelCall, answer_call
from voicehelper.models.protocols import Chat, ChatCompletion, ChatRequest, Deadline

from tests.support import openai_server as server
from tests.support.openai_server import OpenAIServer

KEYS = {"large": "key-of-large", "small": "key-of-small"}


def catalogue_of(large: OpenAIServer, small: OpenAIServer) -> str:
    large.script = [server.answer("from the large one")]
    small.script = [server.answer("from the small one")]
    best = {"provider": "large", "cost_per_1k_input_usd": 0.01, "cost_per_1k_output_usd": 0.05, "quality": 0.95}
    quick = {"provider": "small", "cost_per_1k_usd": 0.001, "quality": 0.7, "latency_ms": 300, "context": 8_192}
    return json.dumps(
        {
            "providers": {"large": {"base_url": large.base_url}, "small": {"base_url": small.base_url}},
            "models": {"best": best, "quick": quick},
            "chat": "auto",
            "priority": "quality",
        }
    )


def chat_of(catalogue: str, *, invoked: bool) -> Chat:
    """As the function that calls models builds it, or as one that has it called."""
    within = build_chat(parse_catalogue(catalogue), KEYS)

    def invoke(payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        call = ModelCall.model_validate_json(json.dumps(payload))
        return answer_call(call, chat=lambda: within, embedder=NotImplemented).model_dump(mode="json")

    chat = build_chat(parse_catalogue(catalogue), {}, invoke) if invoked else within
    assert chat is not None
    return chat


def ask(chat: Chat, question: str) -> ChatCompletion:
    request = ChatRequest([{"role": "user", "content": question}], max_tokens=100, temperature=0.0)
    return chat.complete(request, Deadline(time.monotonic() + 8))


@pytest.mark.parametrize("invoked", [False, True])
def test_each_question_goes_to_its_model_with_its_key_and_at_its_prices(
    primary: OpenAIServer, backup: OpenAIServer, invoked: bool
) -> None:
    chat = chat_of(catalogue_of(primary, backup), invoked=invoked)

    complex_reply, simple_reply = ask(chat, "对比两种方案"), ask(chat, "什么是年假？")

    assert (complex_reply.model, complex_reply.content) == ("best", "from the large one")
    assert complex_reply.cost_usd == pytest.approx((100 * 0.01 + 20 * 0.05) / 1000)
    assert (simple_reply.model, simple_reply.content) == ("quick", "from the small one")
    assert simple_reply.cost_usd == pytest.approx(120 * 0.001 / 1000)
    assert primary.requests[0]["key"] == "Bearer key-of-large"
    assert backup.requests[0]["key"] == "Bearer key-of-small"
