"""The filter of a request: refused by its place, and deep as its own bound allows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError
from voicehelper.answering.api import RagRequest, RetrievalRequest
from voicehelper.answering.response import question_of
from voicehelper.index.filters import MAX_DEPTH

KB = UUID(int=1)


def requests_with(raw: Any) -> list[BaseModel]:
    search = {"query": "q", "kb_ids": [KB], "filter": raw}
    return [RagRequest(query="q", kb_id=KB, filter=raw), RetrievalRequest.model_validate(search)]


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(ValidationError) as raised:
        RagRequest(query="q", kb_id=KB, filter={"or": [{"a": 1}, {"year": {"over": 2}}]})

    (problem,) = raised.value.errors()

    assert problem["loc"] == ("filter", "or", 1, "year", "over")
    assert str(problem["ctx"]["error"]) == "FILTER_OPERATOR_UNKNOWN"


@pytest.mark.parametrize("raw", [[], "x", None, {"a": float("nan")}, {"a\0": 1}])
def test_what_is_no_object_or_cannot_be_stored_is_refused(raw: Any) -> None:
    with pytest.raises(ValidationError):
        requests_with(raw)


def test_a_filter_may_be_as_deep_as_its_bound() -> None:
    raw: dict[str, Any] = {"year": {"in": [1, 2]}}
    for _ in range(MAX_DEPTH - 1):
        raw = {"and": [raw]}

    assert [request.model_dump()["filter"] for request in requests_with(raw)] == [raw, raw]


@pytest.mark.parametrize(
    ("raw", "expected"), [({"document.status": "indexed"}, False), ({"year": {"gt": 1}}, True), ({}, True)]
)
def test_no_answer_is_kept_for_what_changes_beside_the_content(raw: dict[str, Any], *, expected: bool) -> None:
    assert question_of(RagRequest(query="q", kb_id=KB, filter=raw), "en").use_cache is expected
