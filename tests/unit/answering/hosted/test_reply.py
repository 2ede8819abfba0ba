"""What is left of a model's reply: every honest sentence, and none that the passages do not support."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from voicehelper.answering.events import Composed, Usage
from voicehelper.answering.hosted.reply import MAX_REPLY_CHARS, answer_from_reply
from voicehelper.index.passage import Passage

from tests.support.growth import LIMIT, growth
from tests.unit.answering.hosted import more_replies as more
from tests.unit.answering.hosted.replies import (
    DISHONEST,
    HONEST,
    OTHER_DISHONEST,
    OTHER_HONEST,
    OTHER_PASSAGES,
    PASSAGES,
)
from tests.unit.answering.passages import flat_idf

USAGE = Usage("m")


def answer_of(question: str, reply: str, passages: Sequence[Passage] = PASSAGES) -> Composed:
    return answer_from_reply(reply, question, passages, flat_idf, USAGE)


def plain(text: str) -> str:
    """Without marks, layout and spaces."""
    return re.sub(r"[\[【]\d+[\]】]|[\s*|]", "", text)


Replies = Sequence[tuple[str, str]]


def with_passages(*sets: tuple[Replies, Sequence[Passage]]) -> list[tuple[str, str, Sequence[Passage]]]:
    return [(*reply, passages) for replies, passages in sets for reply in replies]


ALL_HONEST = with_passages((HONEST, PASSAGES), (OTHER_HONEST, OTHER_PASSAGES), (more.HONEST, more.PASSAGES))
ALL_DISHONEST = with_passages((DISHONEST, PASSAGES), (OTHER_DISHONEST, OTHER_PASSAGES), (more.DISHONEST, more.PASSAGES))


@pytest.mark.parametrize(("question", "reply", "passages"), ALL_HONEST)
def test_honest_replies_are_shown_whole(question: str, reply: str, passages: Sequence[Passage]) -> None:
    answer = answer_of(question, reply, passages)

    assert not answer.refused
    assert plain(answer.text) == plain(reply)


@pytest.mark.parametrize(("question", "reply", "passages"), ALL_DISHONEST)
def test_replies_that_the_cited_passages_do_not_support_become_the_refusal(
    question: str, reply: str, passages: Sequence[Passage]
) -> None:
    answer = answer_of(question, reply, passages)

    assert answer.refused, answer.text


def test_only_the_unsupported_sentence_of_a_line_goes() -> None:
    answer = answer_of(
        "How long is the warranty of the P40?",
        "The P40 warranty lasts 24 months [2]. It can be extended online for a fee [2]. It covers the motor. [2]",
    )

    assert answer.text == "The P40 warranty lasts 24 months [1]. It covers the motor. [1]"
    assert answer.citations == [1]


def test_only_the_unsupported_items_of_a_list_go() -> None:
    answer = answer_of(
        "What does the warranty cover?", "It covers:\n- the motor [2]\n- theft and fire [2]\n- seals [2]"
    )

    assert [line for line in answer.text.split("\n") if line] == ["It covers:", "- the motor [1]", "- seals [1]"]


def test_a_lead_in_goes_with_everything_it_leads_to() -> None:
    answer = answer_of("How long?", "The P40 warranty lasts 24 months [2].\n\nFurther benefits:\n- free pizza [2]")

    assert answer.text == "The P40 warranty lasts 24 months [1]."


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("The office opens at 08:30 ![](https://evil.example/p?q=1) [7].", "The office opens at 08:30 [1]."),
        ("The office [opens](https://evil.example) at 08:30 [7].", "The office opens at 08:30 [1]."),
        ("The office <b onclick=steal()>opens</b> at 08:30 [7].", "The office opens at 08:30 [1]."),
        (
            "Visitors wear a badge, see https://intranet.example/visitors [7].",
            "Visitors wear a badge, see https://intranet.example/visitors [1].",
        ),
        (
            "Visitors wear a badge, see https://intranet.example/visitors.evil.example/ [7].",
            "Visitors wear a badge, see  [1].",
        ),
    ],
)
def test_addresses_that_no_passage_holds_are_removed(sent: str, shown: str) -> None:
    answer = answer_of("What about visitors and opening hours?", sent)

    assert re.sub(r" +", " ", answer.text) == re.sub(r" +", " ", shown)


def test_sentences_in_another_language_than_the_passages_stay() -> None:
    answer = answer_of("保修包括什么？", "保修涵盖电机和密封件 [2]。")

    assert not answer.refused


def test_marks_of_the_reply_itself_do_not_hide_what_was_removed() -> None:
    assert answer_of("How long?", "\ue000\ue000 [2]").refused


HOSTILE: dict[str, Callable[[int], str]] = {
    "spaces": lambda n: "x" + " " * n + "[1]",
    "spaces and brackets": lambda n: "[ " * n,
    "marks": lambda n: "x [1] " * n,
    "open marks": lambda n: "[1,2," * n,
    "open lists": lambda n: "[" + "1, " * n,
    "backticks": lambda n: "`" * n,
    "open code": lambda n: "```" + "``a" * n,
    "angle brackets": lambda n: "<a" * n,
    "pictures": lambda n: "![" * n,
    "links": lambda n: "[a](" * n,
    "letters": lambda n: "a" * n,
    "hosts": lambda n: "a." * n,
    "at signs": lambda n: "a@" * n,
    "numbers": lambda n: "1," * n,
    "digits": lambda n: "1" * n,
    "numerals": lambda n: "百" * n,
    "full stops": lambda n: ". " * n,
    "initials": lambda n: "A. " * n,
    "sentences": lambda n: "It is 5 m. " * n,
    "Chinese sentences": lambda n: "是。" * n,
    "line breaks": lambda n: "-\n" * n,
    "lead-ins": lambda n: "a:\n" * n,
    "table rules": lambda n: "|-|\n" * n,
    "stars": lambda n: "**a" * n,
    "colons": lambda n: ":" * n,
    "dashes": lambda n: "-" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_check_of_a_reply_takes_time_in_proportion_to_its_length(name: str) -> None:
    def work(length: int) -> Callable[[], object]:
        reply = HOSTILE[name](length)[:length]
        return lambda: answer_of("How long is the warranty of the P40?", reply)

    assert growth(work, MAX_REPLY_CHARS // 8) < LIMIT
    assert growth(work, 125_000) < LIMIT  # what is beyond the bound costs its reading only
