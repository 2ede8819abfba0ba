"""What of a chat body is read, ignored and refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from voicehelper.messages.catalogue import has_message
from voicehelper.protocols.openai.requests import ChatBody


def body(**more: Any) -> ChatBody:
    return ChatBody.model_validate({"model": "kb:a", "messages": [{"role": "user", "content": "为什么？"}], **more})


def content_of(content: object) -> str:
    return (
        body(messages=[{"role": "user", "content": "q"}, {"role": "assistant", "content": content}]).messages[1].content
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("plain", "plain"),
        (None, ""),
        ([], ""),
        ([{"type": "text", "text": "第一行"}, {"type": "text", "text": "second"}], "第一行\nsecond"),
        ([{"type": "refusal", "refusal": "I cannot"}], "I cannot"),
        ([{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}], "x"),
    ],
)
def test_content_is_text_or_the_text_of_its_parts(content: object, text: str) -> None:
    assert content_of(content) == text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ([{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}], "CONTENT_NOT_TEXT"),
        ([{"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}], "CONTENT_NOT_TEXT"),
        ([{"type": "text", "text": "see"}, {"type": "file", "file": {"file_id": "f"}}], "CONTENT_NOT_TEXT"),
        (7, "CONTENT_UNREADABLE"),
        ({"type": "text", "text": "x"}, "CONTENT_UNREADABLE"),
        ([{"type": "text"}], "CONTENT_UNREADABLE"),
        ([{"type": ["text"], "text": "x"}], "CONTENT_UNREADABLE"),
        ([{"text": "x"}], "CONTENT_UNREADABLE"),
        (["x"], "CONTENT_UNREADABLE"),
        ([None], "CONTENT_UNREADABLE"),
    ],
)
def test_other_content_is_refused_by_a_sentence_of_its_own(content: object, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        content_of(content)

    [error] = refused.value.errors()
    assert (str(error["ctx"]["error"]), error["loc"]) == (code, ("messages", 1, "content"))
    assert has_message(code)


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": 0.2, "top_p": 1, "max_tokens": 5, "max_completion_tokens": 9, "seed": 1, "stop": ["."]},
        {"user": "u-1", "metadata": {"a": "b"}, "store": False, "service_tier": "auto", "frequency_penalty": 0},
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}], "tool_choice": "auto"},
        {"tools": [], "tool_choice": "none", "parallel_tool_calls": True, "functions": [], "function_call": "none"},
        {"n": 1, "stream": None, "stream_options": None, "response_format": {"type": "text"}, "modalities": ["text"]},
        {"logprobs": False, "logit_bias": {"1": -100}, "reasoning_effort": "low", "files": [], "chat_id": "x"},
        {"tool_choice": None, "n": None, "stream": True, "stream_options": {"include_usage": True, "x": 1}},
    ],
)
def test_what_clients_send_in_any_case_is_accepted(fields: dict[str, Any]) -> None:
    assert body(**fields).messages[0].content == "为什么？"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"n": 2}, "n"),
        ({"n": 0}, "n"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
        ({"function_call": {"name": "f"}}, "function_call"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}}}, "response_format"),
        ({"response_format": "json"}, "response_format"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"logprobs": True}, "logprobs"),
        ({"model": ""}, "model"),
        ({"model": None}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": [{"role": "user", "content": " \n"}]}, "messages"),
        ({"messages": [{"role": "system", "content": "be kind"}]}, "messages"),
        ({"messages": [{"role": "user", "content": "字" * 5001}]}, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages"),
        ({"messages": [{"content": "x"}]}, "messages"),
        ({"messages": [{"role": "user", "content": "a\0b"}]}, "messages"),
        ({"stream": "perhaps"}, "stream"),
    ],
)
def test_what_would_make_the_answer_another_thing_is_refused(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        body(**fields)

    assert {error["loc"][0] for error in refused.value.errors()} == {named}


def test_instructions_may_be_longer_than_a_question() -> None:
    long = {"role": "system", "content": "rules " * 5000}

    assert len(body(messages=[long, {"role": "user", "content": "q"}]).messages) == 2
