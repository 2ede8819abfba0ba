"""Conditions on the metadata of documents, as Dify sends them.

``search_filter`` is what the search itself can hold to: fields of which one value passes. ``matches`` judges every
condition, over the passages that were found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from voicehelper.protocols.bodies import ProtocolBody

MOST_CONDITIONS: Final = 20
# What a document has besides its own metadata.
FILENAME: Final = "document_name"

_SPELLINGS: Final = {
    "==": "=",
    "!=": "≠",
    "<>": "≠",
    ">=": "≥",
    "<=": "≤",
    "null": "empty",
    "not null": "not empty",
    "is empty": "empty",
    "is not empty": "not empty",
    "starts with": "start with",
    "ends with": "end with",
}
Operator = Literal[
    "contains", "not contains", "start with", "end with", "is", "is not", "in", "not in", "empty", "not empty",
    "=", "≠", ">", "<", "≥", "≤", "before", "after",
]  # fmt: skip


def _spelled(operator: object) -> object:
    text = operator.strip().lower() if isinstance(operator, str) else operator
    return _SPELLINGS.get(text, text) if isinstance(text, str) else text


def _listed(names: object) -> object:
    return [names] if isinstance(names, str) else names


Name = Annotated[str, Field(min_length=1, max_length=200)]
Value = str | int | float | bool | list[str | int | float] | None


class Condition(ProtocolBody):
    """Holds if it holds for one of the fields that ``name`` lists."""

    name: Annotated[
        list[Name],
        Field(min_length=1, max_length=20),
        BeforeValidator(_listed, json_schema_input_type=str | list[str]),
    ]
    comparison_operator: Annotated[Operator, BeforeValidator(_spelled)]
    value: Value = None


class MetadataCondition(ProtocolBody):
    logical_operator: Literal["and", "or"] | None = None
    conditions: Annotated[list[Condition], Field(max_length=MOST_CONDITIONS)] | None = None


def search_filter(wanted: MetadataCondition | None, values_of: Callable[[str], Sequence[Any]]) -> dict[str, Any]:
    """{field: value} that the metadata of every match contains: of each field of which only one value passes.

    ``values_of`` a field are those that the documents hold, None for a document without it; empty if they are too many.
    """
    conditions = (wanted and wanted.conditions) or []
    if wanted is None or (wanted.logical_operator == "or" and len(conditions) > 1):
        return {}
    single = [condition for condition in conditions if len(condition.name) == 1 and condition.name[0] != FILENAME]
    of_name = {name: [c for c in single if c.name == [name]] for name in (condition.name[0] for condition in single)}
    passing = {name: [v for v in values_of(name) if all(_passes(c, v) for c in cs)] for name, cs in of_name.items()}
    return {name: values[0] for name, values in passing.items() if len(values) == 1 and values[0] is not None}


def _passes(condition: Condition, value: Any) -> bool:
    return _holds(condition, {condition.name[0]: value})


def matches(wanted: MetadataCondition | None, metadata: Mapping[str, Any]) -> bool:
    if wanted is None or not wanted.conditions:
        return True
    held = (_holds(condition, metadata) for condition in wanted.conditions)
    return any(held) if wanted.logical_operator == "or" else all(held)


def _holds(condition: Condition, metadata: Mapping[str, Any]) -> bool:
    test = _TESTS[condition.comparison_operator]
    return any(test(_values(metadata.get(name)), condition.value) for name in condition.name)


def _values(field: Any) -> list[Any]:
    """Those of a list one by one; none for an empty field."""
    values = field if isinstance(field, list) else [field]
    return [value for value in values if value not in (None, "")]


def _wanted(value: Value) -> list[Any]:
    """Of a list that may be written as text, "a, b"."""
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    return [item.strip() if isinstance(item, str) else item for item in items]


def _same(value: Any, wanted: Any) -> bool:
    """As text, or as numbers where both are: "3", 3 and 3.0 are the same."""
    left, right = _number(value), _number(wanted)
    if left is not None and right is not None:
        return left == right
    return _text(value) == _text(wanted)


def _text(value: Any) -> str:
    """As JSON writes it; a whole number without its fraction."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _moment(value: Any) -> float | None:
    """Unix seconds of a date, a time or a number of seconds; without a zone, in UTC."""
    if (number := _number(value)) is not None:
        return number
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


Test = Callable[[Sequence[Any], Any], bool]


def _some(test: Callable[[Any, Any], bool]) -> Test:
    """A field of several values passes if one of them does."""
    return lambda values, wanted: any(test(value, wanted) for value in values)


def _none(test: Test) -> Test:
    """A field without a value passes."""
    return lambda values, wanted: not test(values, wanted)


def _ordered(read: Callable[[Any], float | None], test: Callable[[float, float], bool]) -> Test:
    def compare(value: Any, wanted: Any) -> bool:
        left, right = read(value), read(wanted)
        return left is not None and right is not None and test(left, right)

    return _some(compare)


_IS: Final = _some(_same)
_IN: Final = _some(lambda value, wanted: any(_same(value, item) for item in _wanted(wanted)))
_CONTAINS: Final = _some(lambda value, wanted: _text(wanted) in _text(value))
_TESTS: Final[Mapping[str, Test]] = {
    "is": _IS,
    "is not": _none(_IS),
    "=": _IS,
    "≠": _none(_IS),
    "in": _IN,
    "not in": _none(_IN),
    "contains": _CONTAINS,
    "not contains": _none(_CONTAINS),
    "start with": _some(lambda value, wanted: _text(value).startswith(_text(wanted))),
    "end with": _some(lambda value, wanted: _text(value).endswith(_text(wanted))),
    "empty": lambda values, _: not values,
    "not empty": lambda values, _: bool(values),
    ">": _ordered(_number, lambda left, right: left > right),
    "<": _ordered(_number, lambda left, right: left < right),
    "≥": _ordered(_number, lambda left, right: left >= right),
    "≤": _ordered(_number, lambda left, right: left <= right),
    "before": _ordered(_moment, lambda left, right: left < right),
    "after": _ordered(_moment, lambda left, right: left > right),
}
