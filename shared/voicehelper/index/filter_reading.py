"""What a filter means, in plain Python: ``passes`` is the entry of indexes in memory, ``as_date`` of every reading.

Numbers are compared as numbers, texts that are dates of ISO 8601 as dates, other texts by their characters; values of
two kinds are neither equal nor in any order. A field that is missing meets no condition but ``ne`` and ``exists:
false``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, Final

from voicehelper.index.filters import AllOf, Condition, Contains, MetadataField, Node, Not

# The same pattern is in PostgreSQL's statement, which has no \d for digits alone. A date without a zone is in UTC.
DATE: Final = (
    "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
    "(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?)?$"
)
_DATE: Final = re.compile(DATE.removesuffix("$") + r"\Z")
_DAY_CHARACTERS: Final = len("2026-01-31")
_MISSING: Final = object()
_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {"lt": lt, "lte": le, "gt": gt, "gte": ge}


def passes(node: Node, metadata: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """``document`` has values by the names of ``DOCUMENT_FIELDS``; one that it lacks is missing."""
    if isinstance(node, Contains):
        return contains(metadata, node.metadata)
    if isinstance(node, Not):
        return not passes(node.part, metadata, document)
    if isinstance(node, Condition):
        return _meets(node, _value(node, metadata, document))
    each = (passes(part, metadata, document) for part in node.parts)
    return all(each) if isinstance(node, AllOf) else any(each)


def _value(condition: Condition, metadata: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    if not isinstance(condition.field, MetadataField):
        value = document.get(condition.field)
        return _MISSING if value is None else value
    if condition.field.name in metadata:
        return metadata[condition.field.name]
    value = metadata
    for key in condition.field.path:
        value = value.get(key, _MISSING) if isinstance(value, Mapping) else _MISSING
    return value


def _meets(condition: Condition, value: Any) -> bool:
    operator, wanted = condition.operator, condition.value
    if operator == "exists":
        return (value is not _MISSING) is wanted
    if value is _MISSING:
        return operator == "ne"
    if operator in ("eq", "ne"):
        return equals(value, wanted) is (operator == "eq")
    if operator == "in":
        return any(equals(value, one) for one in wanted)
    if operator == "contains":
        return _holds(value, wanted)
    return _is_ordered(value, wanted, _COMPARE[operator])


def equals(value: Any, wanted: Any) -> bool:
    """A day is equal to every moment of it in UTC."""
    if isinstance(wanted, str) and (moment := as_date(wanted)):
        at = as_date(value)
        return at is not None and _same_precision(at, moment) == moment
    return _same(value, wanted)


def _is_ordered(value: Any, wanted: Any, compare: Callable[[Any, Any], Any]) -> bool:
    if isinstance(wanted, str):
        if moment := as_date(wanted):
            at = as_date(value)
            return at is not None and bool(compare(_same_precision(at, moment), moment))
        return isinstance(value, str) and bool(compare(value, wanted))
    return _is_number(value) and bool(compare(_number(value), _number(wanted)))


def _holds(value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    if isinstance(value, list):
        return contains(value, wanted if isinstance(wanted, list) else [wanted])
    return isinstance(value, Mapping) and isinstance(wanted, Mapping) and contains(value, wanted)


def contains(value: Any, part: Any) -> bool:
    """As PostgreSQL's ``@>``: all keys of a mapping, all items of a list."""
    if isinstance(part, Mapping):
        return isinstance(value, Mapping) and all(k in value and contains(value[k], p) for k, p in part.items())
    if isinstance(part, list):
        return isinstance(value, list) and all(any(contains(item, p) for item in value) for p in part)
    return _same(value, part)


def _same(one: Any, other: Any) -> bool:
    """1 and 1.0 are one number, and neither is true."""
    if _is_number(one) and _is_number(other):
        return _number(one) == _number(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: float) -> Decimal:
    """As it is written in JSON."""
    return Decimal(repr(value))


def as_date(value: Any) -> date | datetime | None:
    """A day for a text that names no time, else a moment; None for what is neither, such as 2026-02-30."""
    if not isinstance(value, str) or not _DATE.match(value):
        return None
    try:
        if len(value) == _DAY_CHARACTERS:
            return date.fromisoformat(value)
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _same_precision(at: date | datetime, wanted: date | datetime) -> date | datetime:
    if isinstance(wanted, datetime):
        return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)
    return _day(at)


def _day(at: date | datetime) -> date:
    if not isinstance(at, datetime):
        return at
    try:
        return at.astimezone(UTC).date()
    except OverflowError:  # the last hours of 9999, west of Greenwich
        return date.max
