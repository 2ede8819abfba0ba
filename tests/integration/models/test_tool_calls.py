"""Tool calling over OpenAI's protocol: what is offered, and what the model asks for."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from voicehelper.models.invoked import InvokedChat, ModelCall, answer_call
from voicehelper.models.protocols import Chat, ChatCompletion, Deadline, ToolRequest
from voicehelper.models.response_cache import Cached, cache_key
from voicehelper.models.routing import prompt_tokens

from tests.integration.models.chats import REQUEST, chat_of, model_of
from tests.support import openai_server as server
from tests.support.openai_server import OpenAIServer

SCHEMA = {"type": "object", "properties": {"expression": {"type": "string"}}}
CALCULATOR = {"name": "calculator", "description": "computes", "parameters": SCHEMA}
OFFERED = replace(REQUEST, tools=[CALCULATOR], tenant="t")


def ask(chat: Chat, **more: Any) -> ChatCompletion:
    return chat.complete(replace(OFFERED, **more), Deadline(time.monotonic() + 8))


def test_a_model_may_ask_for_a_call_without_a_word(primary: OpenAIServer) -> None:
    primary.script = [server.tool_calls(("calculator", '{"expression": "1+1"}'))]

    said = ask(chat_of(primary))

    assert (said.content, said.calls) == ("", (ToolRequest("calculator", '{"expression": "1+1"}'),))
    assert said.tokens == 120
    [request] = primary.requests
    assert request["tools"] == [{"type": "function", "function": CALCULATOR}]
    assert request["tool_choice"] == "auto"


def test_the_call_that_it_must_make_is_named(primary: OpenAIServer) -> None:
    primary.script = [server.tool_calls(("calculator", "{}"))]

    ask(chat_of(primary), tool_choice="calculator")

    assert primary.requests[0]["tool_choice"] == {"type": "function", "function": {"name": "calculator"}}


def test_without_tools_nothing_is_offered_and_no_call_is_heard(primary: OpenAIServer) -> None:
    primary.script = [server.tool_calls(("calculator", "{}"), content="two")]

    said = ask(chat_of(primary), tools=[])

    assert (said.content, said.calls) == ("two", ())
    assert not {"tools", "tool_choice"} & primary.requests[0].keys()


def test_calls_are_cleaned_and_few(primary: OpenAIServer) -> None:
    primary.script = [server.tool_calls(*[("calc\0ulator", '{"a": "\u202e1"}')] * 30)]

    said = ask(chat_of(primary))

    assert len(said.calls) == 8
    assert {call.name for call in said.calls} == {"calculator"}
    assert "\u202e" not in said.calls[0].arguments


def test_neither_a_word_nor_a_call_is_no_answer(primary: OpenAIServer, backup: OpenAIServer) -> None:
    primary.script = [server.tool_calls()]

    assert ask(chat_of(primary, backup)).provider == "fallback"


def test_a_call_passes_through_the_function_that_calls_models(primary: OpenAIServer) -> None:
    primary.script = [server.tool_calls(("calculator", '{"expression": "2"}'))]

    def function(payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        call = ModelCall.model_validate_json(json.dumps(payload))
        reply = answer_call(call, chat=lambda: model_of(primary), embedder=lambda: pytest.fail("embeds"))
        assert timeout_s > 0
        return dict(json.loads(reply.model_dump_json()))

    said = ask(InvokedChat(function), tool_choice="calculator")

    assert said.calls == (ToolRequest("calculator", '{"expression": "2"}'),)
    assert primary.requests[0]["tools"][0]["function"]["parameters"] == SCHEMA


def test_other_tools_are_another_request_and_count_as_part_of_the_prompt(primary: OpenAIServer) -> None:
    primary.script = [server.tool_calls(("calculator", "{}"))]
    cached = Cached(model_of(primary))

    replies = [ask(cached), ask(cached), ask(cached, tool_choice="calculator")]

    assert [reply.provider for reply in replies] == ["primary", "cache", "primary"]
    assert cache_key(OFFERED) != cache_key(replace(OFFERED, tools=[]))
    assert prompt_tokens(OFFERED) > prompt_tokens(REQUEST)
