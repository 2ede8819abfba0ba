"""From the messages of a chat to a question, and from an answer to a completion."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from voicehelper.answering.events import Answered, SourcePassage, Usage
from voicehelper.conversations.service import MAX_ROUNDS
from voicehelper.protocols.openai.chat import annotations_of, message_of, question_of, usage_of
from voicehelper.protocols.openai.requests import ChatMessage
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.trace import Trace
from voicehelper.text.tokens import approximate_tokens

from tests.unit.answering.passages import passage

BASE = UUID(int=7)


def chat(*said: tuple[str, str]) -> list[ChatMessage]:
    return [ChatMessage.model_validate({"role": role, "content": content}) for role, content in said]


def asked(*said: tuple[str, str]) -> Question:
    return question_of(chat(*said), Question("", [BASE], "en"))


def test_the_last_user_message_is_the_question() -> None:
    question = asked(("system", "You are a pirate."), ("user", " 保修期多久？\n"))

    assert (question.text, question.base_ids, question.history) == ("保修期多久？", [BASE], [])
    assert question.use_cache


def test_what_was_said_before_is_the_history_oldest_first() -> None:
    question = asked(
        ("user", "Who signs?"),
        ("assistant", "The manager [1]."),
        ("tool", "{}"),
        ("developer", "Be short."),
        ("assistant", ""),
        ("user", "And then?"),
    )

    assert question.text == "And then?"
    assert question.history == [("user", "Who signs?"), ("assistant", "The manager [1].")]
    assert not question.use_cache


def test_what_follows_the_question_is_left_out() -> None:
    question = asked(("user", "Who signs?"), ("assistant", ""), ("tool", "42"), ("assistant", "The"))

    assert (question.text, question.history) == ("Who signs?", [])


def test_the_history_has_as_many_rounds_as_that_of_a_conversation() -> None:
    rounds = [(role, f"{role} {n}") for n in range(50) for role in ("user", "assistant")]

    history = asked(*rounds, ("user", "now"))

    assert list(history.history) == rounds[-2 * MAX_ROUNDS :]


def answered(text: str, *, cited: int, others: int = 0, usage: Usage | None = None) -> Answered:
    sources = [
        SourcePassage(passage(f"p{n}", title=f"手册 {n}", number=n, page=n), f"{n}.pdf", "q", is_cited=n <= cited)
        for n in range(1, cited + others + 1)
    ]
    kind = Classification("factual", "simple", "hybrid_retrieval")
    return Answered(text, sources, kind, usage or Usage("offline-extractive"), Trace(), 0.1)


def make_url(document_id: UUID, page: int | None) -> str:
    return f"https://vh.example/{document_id.int}#page={page}"


def test_each_mark_of_a_cited_source_is_an_annotation_at_its_place() -> None:
    text = "保修三年 [1]。\nBatteries are excluded [2], as said [1]."

    found = [item.url_citation for item in annotations_of(answered(text, cited=2, others=2), make_url)]

    assert [text[item.start_index : item.end_index] for item in found] == ["[1]", "[2]", "[1]"]
    assert [item.title for item in found] == ["手册 1", "手册 2", "手册 1"]
    assert found[1].url == "https://vh.example/100#page=2"


@pytest.mark.parametrize(
    "text", ["See `a[1]` only.", "```\nx = a[1]\n```", "None [3].", "Year [2024].", "Zero [0].", "No mark."]
)
def test_what_is_no_mark_of_a_cited_source_is_not_annotated(text: str) -> None:
    assert annotations_of(answered(text, cited=1, others=2), make_url) == []


def test_a_source_without_a_title_is_named_as_its_file() -> None:
    one = answered("x [1]", cited=1)
    untitled = replace(one, sources=[replace(one.sources[0], passage=replace(one.sources[0].passage, title=""))])

    assert annotations_of(untitled, make_url)[0].url_citation.title == "1.pdf"


def test_a_refusal_is_a_message_without_citations() -> None:
    refused = replace(answered("抱歉，没有找到相关内容。", cited=0), status="refused")

    message = message_of(refused, make_url)

    assert (message.content, message.annotations, message.refusal) == ("抱歉，没有找到相关内容。", [], None)


def test_usage_is_what_the_model_reported() -> None:
    usage = usage_of(chat(("user", "q")), answered("a", cited=0, usage=Usage("m", 120, 0.1, 20)))

    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (100, 20, 120)


@pytest.mark.parametrize("text", ["保修期为三十六个月。", "It lasts for three years [1]."])
def test_usage_without_a_model_is_counted(text: str) -> None:
    messages = chat(("system", "Be kind."), ("user", "保修期多久？"))

    usage = usage_of(messages, answered(text, cited=0))

    assert usage.completion_tokens == approximate_tokens(text) > 0
    assert usage.prompt_tokens == approximate_tokens("Be kind.") + approximate_tokens("保修期多久？")
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_what_only_the_search_spent_on_a_model_is_its_prompt() -> None:
    usage = usage_of(chat(("user", "q")), answered("Three years.", cited=0, usage=Usage("offline-extractive", 50, 0.1)))

    assert (usage.prompt_tokens, usage.completion_tokens) == (50, approximate_tokens("Three years."))
