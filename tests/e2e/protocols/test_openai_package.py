"""OpenAI's own package as a client: models, chats as a whole and as events, refusals and errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from tests.support.call_record import call_record
from tests.support.client import Client

TEXT = "# 差旅\n\n出差餐补每天 120 元，住宿费每晚不超过 500 元。\n\n# Parking\n\nGuests park on level B2 for free.\n"
QUESTION = "出差餐补每天多少元？"


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    return client.create_base_of("allowances", "差旅制度.md", TEXT)


@pytest.fixture(scope="module")
def sdk(client: Client, kb_id: str) -> Iterator[OpenAI]:
    with sdk_of(client) as connected:
        yield connected


def sdk_of(client: Client, key: str = "") -> OpenAI:
    """As its users build it; every response enters the call record."""
    token = key or str(client.http.headers["authorization"]).removeprefix("Bearer ")
    note: Any = call_record().note
    http = httpx2.Client(event_hooks={"response": [note]}, timeout=60)
    return OpenAI(base_url=f"{client.http.base_url}/v1".replace("//v1", "/v1"), api_key=token, http_client=http)


def said(*turns: str) -> list[ChatCompletionMessageParam]:
    """By user and assistant in turn."""
    messages: list[Any] = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(turns)]
    return messages


def test_every_base_is_a_model(sdk: OpenAI) -> None:
    models = {model.id: model for model in sdk.models.list()}

    assert models["kb:allowances"].object == "model"
    assert models["kb:allowances"].created > 1_700_000_000


def test_a_model_is_found_by_its_name(sdk: OpenAI) -> None:
    assert sdk.models.retrieve("kb:allowances").owned_by == "voicehelper"
    for unknown in ("kb:nothing", "kb:a\0", "名"):
        with pytest.raises(openai.NotFoundError):
            sdk.models.retrieve(unknown)


def test_a_chat_is_answered_with_citations_at_their_marks(sdk: OpenAI, client: Client) -> None:
    chat = sdk.chat.completions.create(model="kb:allowances", messages=said(QUESTION), temperature=0.1, max_tokens=50)

    [choice] = chat.choices
    content, annotations = choice.message.content or "", choice.message.annotations or []
    assert choice.finish_reason == "stop"
    assert "120" in content
    assert annotations
    for annotation in annotations:
        citation = annotation.url_citation
        assert content[citation.start_index : citation.end_index] == "[1]"
        assert "120" in client.open_link(citation.url).text
        assert citation.title
    assert chat.usage
    assert chat.usage.total_tokens == chat.usage.prompt_tokens + chat.usage.completion_tokens
    assert min(chat.usage.prompt_tokens, chat.usage.completion_tokens) > 5


def test_a_base_can_be_named_by_its_id_and_a_question_be_of_parts(sdk: OpenAI, kb_id: str) -> None:
    parts: Any = [{"type": "text", "text": "Where do guests"}, {"type": "text", "text": "park?"}]

    chat = sdk.chat.completions.create(model=kb_id, messages=[{"role": "user", "content": parts}])

    assert "B2" in (chat.choices[0].message.content or "")
    assert chat.model == kb_id


def test_events_make_the_same_text_then_its_annotations_the_end_and_the_usage(sdk: OpenAI) -> None:
    whole = sdk.chat.completions.create(model="kb:allowances", messages=said(QUESTION))
    chunks = list(
        sdk.chat.completions.create(
            model="kb:allowances", messages=said(QUESTION), stream=True, stream_options={"include_usage": True}
        )
    )

    *pieces, last = chunks
    deltas = [chunk.choices[0].delta for chunk in pieces]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in pieces][-1] == "stop"
    assert any((delta.model_extra or {}).get("annotations") for delta in deltas)
    assert last.choices == []
    assert last.usage == whole.usage


def test_the_packages_own_reader_of_streams_puts_the_message_together(sdk: OpenAI) -> None:
    with sdk.chat.completions.stream(model="kb:allowances", messages=said(QUESTION)) as stream:
        final = stream.get_final_completion()

    assert "120" in (final.choices[0].message.content or "")


def test_the_last_turns_are_the_history(sdk: OpenAI) -> None:
    first = sdk.chat.completions.create(model="kb:allowances", messages=said(QUESTION)).choices[0].message.content
    turns = said(QUESTION, first or "", "那住宿费呢？")

    chat = sdk.chat.completions.create(model="kb:allowances", messages=turns)

    assert "500" in (chat.choices[0].message.content or "")


def test_a_refusal_is_a_completion_in_words(sdk: OpenAI) -> None:
    chat = sdk.chat.completions.create(model="kb:allowances", messages=said("What is the capital of Mongolia?"))

    assert chat.choices[0].finish_reason == "stop"
    assert chat.choices[0].message.content
    assert not chat.choices[0].message.annotations


@pytest.mark.parametrize("stream", [False, True])
def test_an_unknown_model_is_not_found(sdk: OpenAI, stream: bool) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        sdk.chat.completions.create(model="gpt-5", messages=said("x"), stream=stream)

    assert (refused.value.code, refused.value.param) == ("model_not_found", "model")


def test_another_tenants_base_is_not_found(kb_id: str, client: Client) -> None:
    stranger = Client(str(client.http.base_url))

    with sdk_of(stranger) as sdk:
        assert list(sdk.models.list()) == []
        for model in ("kb:allowances", kb_id):
            with pytest.raises(openai.NotFoundError):
                sdk.chat.completions.create(model=model, messages=said(QUESTION))


def test_a_wrong_key_is_an_authentication_error(client: Client) -> None:
    with sdk_of(client, "sk-wrong") as sdk:
        with pytest.raises(openai.AuthenticationError) as refused:
            sdk.models.list()
        with pytest.raises(openai.AuthenticationError):
            sdk.chat.completions.create(model="kb:allowances", messages=said("x"))

    assert refused.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        ({"tool_choice": "required", "tools": []}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
         "messages[0].content"),
        ({"messages": []}, "messages"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_named(sdk: OpenAI, more: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        sdk.chat.completions.create(**{"model": "kb:allowances", "messages": said("x"), **more})

    assert (refused.value.param, refused.value.code) == (param, "invalid_value")
    assert refused.value.type == "invalid_request_error"


def test_embeddings_are_near_where_meanings_are(sdk: OpenAI) -> None:
    """The package asks for base64 by itself; both forms are the same vectors."""
    texts = ["出差补贴标准", "travel allowance", "The cat sleeps."]

    packed = sdk.embeddings.create(model="kb:allowances", input=texts)
    plain = sdk.embeddings.create(model="kb:allowances", input=texts, encoding_format="float")

    first, near, far = (item.embedding for item in packed.data)
    assert plain.data[0].embedding == pytest.approx(first, abs=1e-6)
    assert sum(value * value for value in first) == pytest.approx(1, abs=1e-4)
    assert dot(first, near) > dot(first, far)
    assert packed.usage.total_tokens == plain.usage.total_tokens > 5


def dot(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize(
    ("more", "param"), [({"input": [[1, 2]]}, "input"), ({"input": ""}, "input[0]"), ({"dimensions": 7}, None)]
)
def test_embeddings_that_cannot_be_had_are_refused(sdk: OpenAI, more: dict[str, Any], param: str | None) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        sdk.embeddings.create(**{"model": "kb:allowances", "input": "x", **more})

    assert refused.value.param == param
    with pytest.raises(openai.NotFoundError):
        sdk.embeddings.create(model="text-embedding-3-small", input="x")


def test_an_unknown_path_and_method_are_refused_in_openais_shape(sdk: OpenAI, client: Client) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        sdk.completions.create(model="kb:allowances", prompt="x")
    wrong_method = client.call("GET", "/v1/chat/completions")

    assert refused.value.code == "unknown_url"
    assert (wrong_method.status_code, wrong_method.json()["error"]["code"]) == (405, "method_not_allowed")
