"""Conditions on metadata: which documents they hold for, and what the search can hold to by itself."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from voicehelper.protocols.dify.conditions import MetadataCondition, matches, search_filter

DOCUMENT = {
    "category": "合同",
    "year": 2024,
    "price": "19.90",
    "tags": ["hr", "leave policy"],
    "signed": "2024-05-01",
    "public": True,
    "note": "",
    "document_name": "Travel policy.pdf",
}


def condition(*conditions: tuple[Any, str, Any], operator: str | None = None) -> MetadataCondition:
    listed = [{"name": name, "comparison_operator": test, "value": value} for name, test, value in conditions]
    return MetadataCondition.model_validate({"logical_operator": operator, "conditions": listed})


@pytest.mark.parametrize(
    ("name", "operator", "value"),
    [
        ("category", "is", "合同"), ("category", "contains", "同"), ("category", "start with", "合"),
        ("category", "end with", "同"), ("category", "in", ["发票", "合同"]), ("category", "in", "发票, 合同"),
        ("category", "is not", "发票"), ("category", "not contains", "发"), ("category", "not in", ["发票"]),
        ("category", "not empty", None), ("category", "NOT EMPTY", None), (["missing", "category"], "is", "合同"),
        ("year", "=", 2024), ("year", "is", "2024"), ("year", "≠", 2023), ("year", "!=", 2023), ("year", ">", 2023),
        ("year", "≥", "2024"), ("year", "<=", 2024.0), ("year", "<", 2025), ("year", "in", [2024]),
        ("year", "contains", 20),
        ("price", "=", 19.9), ("price", ">", 5), ("tags", "contains", "leave"), ("tags", "is", "hr"),
        ("signed", "before", "2024-06-01"), ("signed", "after", "2024-04-30T23:59:59Z"),
        ("signed", "after", 1_700_000_000),
        ("public", "is", "true"), ("public", "is", True), ("note", "empty", None), ("missing", "empty", None),
        ("missing", "null", None), ("missing", "is not", "x"), ("missing", "not in", ["x"]),
        ("document_name", "start with", "Travel"),
    ],
)  # fmt: skip
def test_a_condition_holds(name: Any, operator: str, value: Any) -> None:
    assert matches(condition((name, operator, value)), DOCUMENT)


@pytest.mark.parametrize(
    ("name", "operator", "value"),
    [
        ("category", "is", "发票"), ("category", "is not", "合同"), ("category", "contains", "发票"),
        ("category", "empty", None),
        ("category", ">", 1), ("category", "before", "2025-01-01"), ("category", "in", []), ("year", "=", 2023),
        ("year", ">", 2024), ("year", "<", "abc"), ("missing", "is", "x"), ("missing", "contains", ""),
        ("missing", ">", 0),
        ("missing", "not empty", None), ("note", "not empty", None), ("tags", "is not", "hr"), ("tags", "is", "leave"),
        ("signed", "before", "2024-05-01"), ("signed", "after", "soon"), ("public", "=", 1), ("Category", "is", "合同"),
    ],
)  # fmt: skip
def test_a_condition_does_not_hold(name: Any, operator: str, value: Any) -> None:
    assert not matches(condition((name, operator, value)), DOCUMENT)


def test_conditions_hold_all_together_unless_one_is_enough() -> None:
    both = [("category", "is", "合同"), ("year", ">", 2030)]

    assert not matches(condition(*both), DOCUMENT)
    assert not matches(condition(*both, operator="and"), DOCUMENT)
    assert matches(condition(*both, operator="or"), DOCUMENT)


HELD: dict[str, list[Any]] = {
    "category": ["合同", "发票", None],
    "year": [2023, 2024],
    "tags": [["hr", "leave"], ["it"]],
    "many": [],
}


def held_to(wanted: MetadataCondition | None) -> dict[str, Any]:
    return search_filter(wanted, lambda name: HELD.get(name, [None]))


@pytest.mark.parametrize("wanted", [None, MetadataCondition(), condition(), condition(operator="or")])
def test_without_conditions_every_document_matches(wanted: MetadataCondition | None) -> None:
    assert matches(wanted, {})
    assert held_to(wanted) == {}


def test_the_search_holds_to_a_field_of_which_one_value_passes() -> None:
    assert held_to(condition(("category", "is", "合同"))) == {"category": "合同"}
    assert held_to(condition(("year", "is", "2024"), ("tags", "contains", "h"))) == {
        "year": 2024,
        "tags": ["hr", "leave"],
    }
    assert held_to(condition(("year", ">", 2023), ("many", "is", "x"))) == {"year": 2024}
    assert held_to(condition(("category", "contains", "发"), operator="or")) == {"category": "发票"}


@pytest.mark.parametrize(
    "wanted",
    [
        condition(("year", ">", 2000)),
        condition(("category", "is not", "合同")),
        condition(("category", "empty", None)),
        condition(("category", "is", "合同"), ("year", "is", 2024), operator="or"),
        condition((["category", "year"], "is", "合同")),
        condition(("document_name", "is", "a.pdf")),
        condition(("category", "is", "unheard of")),
    ],
)
def test_what_several_values_or_none_pass_is_judged_over_what_was_found(wanted: MetadataCondition) -> None:
    assert held_to(wanted) == {}


@pytest.mark.parametrize(
    "conditions",
    [
        [{"name": "a", "comparison_operator": "resembles", "value": "x"}],
        [{"name": "", "comparison_operator": "is", "value": "x"}],
        [{"name": [], "comparison_operator": "is", "value": "x"}],
        [{"comparison_operator": "is", "value": "x"}],
        [{"name": "a", "comparison_operator": "is", "value": {"x": 1}}],
        [{"name": "a", "comparison_operator": "empty"}] * 21,
        "a",
    ],
)
def test_other_conditions_are_refused(conditions: Any) -> None:
    with pytest.raises(ValidationError):
        MetadataCondition.model_validate({"conditions": conditions})
