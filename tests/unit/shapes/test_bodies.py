from __future__ import annotations

import pytest
from voicehelper.shapes.bodies import MAX_DEPTH, is_storable


def nested(depth: int, kind: str, innermost: object) -> object:
    value = innermost
    for level in range(depth):
        in_list = kind == "lists" or (kind == "mixed" and level % 2 == 0)
        value = [value] if in_list else {"a": value}
    return value


@pytest.mark.parametrize("kind", ["lists", "objects", "mixed"])
@pytest.mark.parametrize("innermost", [1, "x", None])
def test_values_nest_up_to_a_bound(kind: str, innermost: object) -> None:
    assert is_storable(nested(MAX_DEPTH, kind, innermost))
    assert not is_storable(nested(MAX_DEPTH + 1, kind, innermost))


@pytest.mark.parametrize("depth", [17, 40, 254, 255, 256, 1000, 5000])
def test_an_empty_container_counts_as_a_level(depth: int) -> None:
    assert not is_storable(nested(depth - 1, "mixed", {}))
    assert not is_storable({"wide": [1, 2, nested(depth, "objects", [])]})


@pytest.mark.parametrize("bad", ["a\0b", "\ud83d", float("nan"), float("-inf")])
def test_what_cannot_be_stored_is_found_at_any_depth(bad: object) -> None:
    assert not is_storable(nested(MAX_DEPTH, "mixed", bad))
    assert not is_storable({"a": [1, {"b": bad}]})


def test_names_are_checked_like_values() -> None:
    assert not is_storable([{"a\0": 1}])
    assert is_storable([{"a": "b"}, 1.5, True, None])
