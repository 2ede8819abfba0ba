from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from voicehelper.answering.cached import Lookup, is_storable, look_up, version_of
from voicehelper.answering.events import Answered, Usage
from voicehelper.index.bases import BaseFacts
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.trace import Trace

TENANT, BASE, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
QUESTION = Question("How long is the warranty?", [BASE, OTHER], "en", use_cache=True)
VECTOR = [0.6, 0.8]
FACTS = BaseFacts(BASE, "m", True, 7)


def lookup(question: Question = QUESTION, tenant: UUID = TENANT, made_by: str = "code and models") -> Lookup:
    found = look_up(tenant, question, vector=VECTOR, made_by=made_by)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "change",
    [
        {"base_ids": [BASE]}, {"base_ids": None}, {"language": "zh"}, {"mode": "simple"}, {"top_k": 6},
        {"fusion": "rrf"}, {"metadata": {"year": 2024}}, {"metadata": {"year": "2024"}},
    ],
)  # fmt: skip
def test_every_option_of_a_question_is_part_of_its_key(change: dict[str, Any]) -> None:
    assert lookup(replace(QUESTION, **change)).key.options != lookup().key.options


def test_tenant_models_and_code_are_part_of_the_key() -> None:
    assert lookup(tenant=OTHER).key.options != lookup().key.options
    assert lookup(made_by="other code").key.options != lookup().key.options


def test_the_order_of_bases_and_of_a_filter_is_not() -> None:
    one = replace(QUESTION, base_ids=[OTHER, BASE], metadata={"a": 1, "b": 2})
    other = replace(QUESTION, metadata={"b": 2, "a": 1})

    assert lookup(one).key == lookup(other).key


def test_words_are_told_apart_and_spaces_are_not() -> None:
    def of(text: str) -> Lookup:
        return lookup(replace(QUESTION, text=text))

    assert of("How  long is\nthe warranty? ").key == lookup().key
    assert of("how long is the warranty").key.question != lookup().key.question
    assert of("how long is the warranty").key.form == lookup().key.form
    assert of("how long was the warranty").key.form != lookup().key.form


@pytest.mark.parametrize("change", [{"use_cache": False}, {"history": [("user", "And the other?")]}])
def test_some_questions_are_answered_afresh(change: dict[str, Any]) -> None:
    assert look_up(TENANT, replace(QUESTION, **change), vector=VECTOR, made_by="") is None


@pytest.mark.parametrize("text", ["请问", "？！", "\ud800"])
def test_a_text_that_asks_nothing_is_found_by_its_words_alone(text: str) -> None:
    assert lookup(replace(QUESTION, text=text)).key.question != lookup().key.question


@pytest.mark.parametrize(
    "change", [{"revision": 8}, {"vector_leg": False}, {"vector_leg": None}, {"indexes": ["graph"]}, {"id": OTHER}]
)
def test_every_state_of_a_base_has_its_version(change: dict[str, Any]) -> None:
    assert version_of([replace(FACTS, **change)]) != version_of([FACTS])


def test_a_new_base_changes_the_version_of_all_bases() -> None:
    assert version_of([FACTS, replace(FACTS, id=OTHER)]) != version_of([FACTS])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"status": "refused"}, True),
        ({"status": "unavailable"}, False),
        ({"degraded": ("chat_model",)}, False),
        ({"status": "refused", "degraded": ("embedding_model",)}, False),
    ],
)
def test_what_was_answered_without_a_model_is_not_given_again(change: dict[str, Any], expected: bool) -> None:
    answered = Answered("x", [], Classification("factual", "simple", "s"), Usage("m"), Trace(), 0.1)

    assert is_storable(replace(answered, **change)) is expected
