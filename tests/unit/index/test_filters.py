"""The language of filters: what is read, and what is refused at which place."""

from __future__ import annotations

from typing import Any

import pytest
from voicehelper.index.filters import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_TEXT_BYTES,
    MAX_VALUES,
    Condition,
    Contains,
    FilterError,
    MetadataField,
    parse_filter,
    reads_status,
)


@pytest.mark.parametrize(
    "plain",
    [
        {}, {"lang": "zh"}, {"tags": ["a"]}, {"team": {"name": "sales"}}, {"team": {"tags": ["a", {"b": 1}]}},
        {"a.b": 1}, {"部门": "人事"}, {"eq": 5}, {"gone": None}, {"": "x"}, {"team": {}},
    ],
)  # fmt: skip
def test_plain_values_are_what_the_metadata_contains(plain: dict[str, Any]) -> None:
    assert parse_filter(plain) == Contains(plain)


def test_operators_of_one_field_are_conditions_of_their_own() -> None:
    found = parse_filter({"year": {"gte": 2020, "lt": 2024}})

    assert found.parts == (  # type: ignore[union-attr]
        Condition(MetadataField("year"), "gte", 2020),
        Condition(MetadataField("year"), "lt", 2024),
    )


@pytest.mark.parametrize(
    ("name", "field"), [("metadata.document.x", MetadataField("document.x")), ("document.id", "id")]
)
def test_prefixes_tell_metadata_from_the_document(name: str, field: Any) -> None:
    assert parse_filter({name: "v"}) == Condition(field, "eq", "v")


def nested(depth: int, name: str) -> dict[str, Any]:
    """``depth`` levels in all."""
    found: dict[str, Any] = {"year": {"in": [1, 2]}}
    for _ in range(depth - 1):
        found = {name: found} if name == "not" else {name: [found]}
    return found


@pytest.mark.parametrize("name", ["and", "or", "not"])
def test_filters_nest_up_to_the_bound(name: str) -> None:
    parse_filter(nested(MAX_DEPTH, name))

    with pytest.raises(FilterError) as raised:
        parse_filter(nested(MAX_DEPTH + 1, name))

    assert raised.value.code == "FILTER_TOO_DEEP"


@pytest.mark.parametrize(
    ("wrong", "code", "place"),
    [
        ({"year": {"gte": 1, "below": 9}}, "FILTER_OPERATOR_UNKNOWN", ("year", "below")),
        ({"year": {"between": [1, 2]}}, "FILTER_OPERATOR_UNKNOWN", ("year", "between")),
        ({"year": {"$gt": 1}}, "FILTER_OPERATOR_UNKNOWN", ("year", "$gt")),
        ({"year": {"GTE": 1}}, "FILTER_OPERATOR_UNKNOWN", ("year", "GTE")),
        ({"and": [{"a": 1}, {"or": [{"b": {"x": 2}}]}]}, "FILTER_OPERATOR_UNKNOWN", ("and", 1, "or", 0, "b", "x")),
        ({"not": {"team": {"name": "x"}}}, "FILTER_OPERATOR_UNKNOWN", ("not", "team", "name")),
        ({"document.filename": {"glob": "*.md"}}, "FILTER_OPERATOR_UNKNOWN", ("document.filename", "glob")),
        ({"document.owner": "x"}, "FILTER_FIELD_UNKNOWN", ("document.owner",)),
        ({"not": {"document.": {"eq": 1}}}, "FILTER_FIELD_UNKNOWN", ("not", "document.")),
        ({"a..b": {"eq": 1}}, "FILTER_FIELD_UNKNOWN", ("a..b",)),
        ({".": {"exists": True}}, "FILTER_FIELD_UNKNOWN", (".",)),
        ({"and": []}, "FILTER_VALUE_INVALID", ("and",)),
        ({"or": {"a": 1}}, "FILTER_VALUE_INVALID", ("or",)),
        ({"not": [{"a": 1}]}, "FILTER_VALUE_INVALID", ("not",)),
        ({"and": [{}]}, "FILTER_VALUE_INVALID", ("and", 0)),
        ({"or": ["x"]}, "FILTER_VALUE_INVALID", ("or", 0)),
        ({"year": {"lt": True}}, "FILTER_VALUE_INVALID", ("year", "lt")),
        ({"year": {"gte": None}}, "FILTER_VALUE_INVALID", ("year", "gte")),
        ({"year": {"lte": [1]}}, "FILTER_VALUE_INVALID", ("year", "lte")),
        ({"year": {"in": 1}}, "FILTER_VALUE_INVALID", ("year", "in")),
        ({"year": {"in": [[1]]}}, "FILTER_VALUE_INVALID", ("year", "in")),
        ({"year": {"exists": "yes"}}, "FILTER_VALUE_INVALID", ("year", "exists")),
        ({"year": {"contains": None}}, "FILTER_VALUE_INVALID", ("year", "contains")),
        ({"year": {"in": [0] * (MAX_VALUES + 1)}}, "FILTER_TOO_LARGE", ("year", "in")),
        ({"year": {"eq": "字" * 400}}, "FILTER_TOO_LARGE", ("year", "eq")),
        ({"year": "a" * (MAX_TEXT_BYTES + 1)}, "FILTER_TOO_LARGE", ("year",)),
        ({"a" * (MAX_TEXT_BYTES + 1): 1}, "FILTER_TOO_LARGE", ()),
        ({"or": [{"a": n} for n in range(MAX_CONDITIONS + 1)]}, "FILTER_TOO_LARGE", ("or", MAX_CONDITIONS, "a")),
    ],
)  # fmt: skip
def test_what_is_not_of_the_language_is_refused_at_its_place(wrong: Any, code: str, place: tuple[Any, ...]) -> None:
    with pytest.raises(FilterError) as raised:
        parse_filter(wrong)

    assert (raised.value.code, raised.value.place) == (code, place)


@pytest.mark.parametrize(
    "largest",
    [
        {"or": [{"a": n} for n in range(MAX_CONDITIONS)]}, {"year": {"in": [0] * MAX_VALUES}}, {"year": {"in": []}},
        {"year": {"contains": "a" * MAX_TEXT_BYTES}},
    ],
)  # fmt: skip
def test_what_is_at_its_bound_is_read(largest: dict[str, Any]) -> None:
    parse_filter(largest)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [({"not": {"document.status": "indexed"}}, True), ({"status": {"eq": "x"}}, False), ({"a": 1}, False)],
)
def test_only_the_status_of_a_document_changes_beside_its_content(raw: dict[str, Any], *, expected: bool) -> None:
    assert reads_status(parse_filter(raw)) is expected
