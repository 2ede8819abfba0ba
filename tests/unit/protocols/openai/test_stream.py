"""A completion as server-sent events, read by the types of OpenAI's own package."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletionChunk
from voicehelper.protocols.openai.chat import Chat
from voicehelper.protocols.openai.responses import (
    Annotation,
    ChatCompletion,
    Choice,
    CompletionMessage,
    CompletionUsage,
    UrlCitation,
)
from voicehelper.protocols.openai.stream import events_of

CITATION = Annotation(url_citation=UrlCitation(start_index=5, end_index=8, url="https://x/1", title="手册"))
PIECES = ["保修三年 ", "[1]\n\ndata: x"]


def chat(annotations: list[Annotation]) -> Chat:
    message = CompletionMessage(content="".join(PIECES), annotations=annotations)
    usage = CompletionUsage(prompt_tokens=3, completion_tokens=4, total_tokens=7)
    return Chat(
        ChatCompletion(id="c-1", created=5, model="kb:a", choices=[Choice(message=message)], usage=usage), PIECES
    )


def chunks(text: str) -> list[dict[str, Any]]:
    *events, done, rest = text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(event.removeprefix("data: ")) for event in events]


@pytest.mark.parametrize("includes_usage", [False, True])
def test_every_chunk_is_one_of_openai(includes_usage: bool) -> None:
    for chunk in chunks(events_of(chat([CITATION]), includes_usage=includes_usage)):
        read = ChatCompletionChunk.model_validate(chunk, strict=True)
        assert (read.id, read.created, read.model) == ("c-1", 5, "kb:a")


def test_the_pieces_make_the_text_whatever_they_hold() -> None:
    choices = [chunk["choices"][0] for chunk in chunks(events_of(chat([]), includes_usage=False))]

    assert "".join(choice["delta"].get("content") or "" for choice in choices) == "".join(PIECES)
    assert choices[0]["delta"]["role"] == "assistant"
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["stop"]


def test_annotations_come_before_the_end() -> None:
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks(events_of(chat([CITATION]), includes_usage=False))]

    assert deltas[-2] == {"annotations": [CITATION.model_dump()]}
    assert deltas[-1] == {}


def test_usage_is_sent_where_it_is_asked_for() -> None:
    without, with_usage = (chunks(events_of(chat([]), includes_usage=asked)) for asked in (False, True))

    assert all("usage" not in chunk for chunk in without)
    assert [chunk["usage"] for chunk in with_usage[:-1]] == [None] * len(without)
    assert (with_usage[-1]["choices"], with_usage[-1]["usage"]["total_tokens"]) == ([], 7)
