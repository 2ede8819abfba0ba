"""What of an embedding request is read and refused. ``embed`` itself is in tests/integration/protocols."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from voicehelper.messages.catalogue import has_message
from voicehelper.protocols.openai.embeddings import MOST_TEXTS, EmbeddingBody


def body(**more: Any) -> EmbeddingBody:
    return EmbeddingBody.model_validate({"model": "kb:a", "input": "保修期", **more})


def test_one_text_is_a_list_of_one() -> None:
    assert body().input == ["保修期"]
    assert body(input=["a", "b"]).input == ["a", "b"]


@pytest.mark.parametrize("kind", ["query", "search_query"])
def test_texts_are_passages_unless_they_are_called_queries(kind: str) -> None:
    assert body(input_type=kind).are_queries
    assert not body(input_type="document").are_queries
    assert not body(user="u", truncate="END").are_queries


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([1, 2, 3], "INPUT_NOT_TEXT"), ([[1, 2], [3]], "INPUT_NOT_TEXT"), (7, "INPUT_NOT_TEXT"),
        (["a", 1], "INPUT_NOT_TEXT"), (["字" * 20_000, "字" * 20_000], "INPUT_TOO_LONG"),
    ],
)  # fmt: skip
def test_tokens_and_too_much_text_are_refused_by_a_sentence_of_their_own(value: Any, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        body(input=value)

    [error] = refused.value.errors()
    assert (str(error["ctx"]["error"]), error["loc"]) == (code, ("input",))
    assert has_message(code)


@pytest.mark.parametrize(
    "fields",
    [
        {"input": ""}, {"input": []}, {"input": ["a", ""]}, {"input": None}, {"input": {"text": "a"}},
        {"input": ["a"] * (MOST_TEXTS + 1)}, {"encoding_format": "int8"}, {"dimensions": 0}, {"input_type": "other"},
        {"input": "a\0"}, {"model": ""},
    ],
)  # fmt: skip
def test_invalid_fields_are_named(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        body(**fields)

    assert {error["loc"][0] for error in refused.value.errors()} == set(fields)
