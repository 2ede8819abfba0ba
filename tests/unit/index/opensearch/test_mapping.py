from __future__ import annotations

import json
import math
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from voicehelper.index.opensearch.mapping import facts, mark_of, unit_vector, weights_of


@pytest.mark.parametrize(
    ("metadata", "part"),
    [
        ({"lang": "zh", "year": 2024}, {"year": 2024.0}),
        ({"tags": ["a", "b"]}, {"tags": ["b"]}),
        ({"a": {"b": {"c": None}}}, {"a": {"b": {"c": None}}}),
        ({"a": [{"b": 1}, {"b": 2, "c": 3}]}, {"a": [{"b": 2}]}),
        ({"a": 1}, {}),
        ({"a": []}, {"a": []}),
        ({"部门": "质检", "x": True}, {"部门": "质检"}),
        ({"big": 10**20, "small": 1e-7}, {"big": 1e20, "small": 0.0000001}),
    ],
)
def test_what_contains_a_filter_shares_all_its_facts(metadata: dict[str, Any], part: dict[str, Any]) -> None:
    assert facts(part) <= facts(metadata)


@pytest.mark.parametrize(
    ("metadata", "part"),
    [
        ({"a": 1}, {"a": True}),
        ({"a": "1"}, {"a": 1}),
        ({"a": None}, {"a": "null"}),
        ({"a": {"b": 1}}, {"a/b": 1}),
        ({"a": "b=c"}, {"a=b": "c"}),
        ({'a"/"b': 1}, {"a": {"b": 1}}),
    ],
)
def test_what_only_looks_alike_is_another_fact(metadata: dict[str, Any], part: dict[str, Any]) -> None:
    assert not facts(part) <= facts(metadata)


def test_facts_are_short_however_long_a_value_is() -> None:
    assert {len(fact) for fact in facts({"note": "x" * 100_000, "n": 1})} == {24}


def test_the_weights_are_those_of_the_row() -> None:
    assert weights_of("{3:0.5,19:1.25}/1000000000") == {"3": 0.5, "19": 1.25}
    assert weights_of("{}/1000000000") == {}


def test_vectors_have_length_one_and_zeros_stay() -> None:
    assert math.hypot(*unit_vector([3.0, -4.0, 12.0])) == pytest.approx(1.0, abs=1e-5)
    assert unit_vector([0.0, 0.0]) == [0.0, 0.0]


def test_vectors_of_numpy_become_plain_numbers() -> None:
    vector: Any = np.array([3.0, 4.0], np.float32)

    assert json.dumps(unit_vector(vector)) == json.dumps(unit_vector(list(vector))) == "[0.6, 0.8]"


def test_a_mark_is_the_beginning_of_the_id() -> None:
    assert mark_of(UUID("abcdef12-0000-4000-8000-000000000000")) == 0xABCDEF
