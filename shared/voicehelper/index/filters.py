"""The language in which a search is restricted to some documents; ``parse_filter`` is the entry.

A filter is an object. Its keys are ``and`` and ``or`` with lists of filters, ``not`` with a filter, and fields with
conditions such as ``{"gte": 2020}``; several keys must all hold. A field is a key of the document's metadata, with dots
between the keys of nested objects, or ``document.`` and one of ``DOCUMENT_FIELDS``. A field with a plain value keeps
the meaning that it had before the language: the metadata contains the pair, as PostgreSQL's ``@>`` does.

``filter_reading`` says what a parsed filter means; ``pgvector.conditions`` says it in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Operator = Literal["eq", "ne", "in", "lt", "lte", "gt", "gte", "exists", "contains"]
DocumentField = Literal["filename", "type", "size_bytes", "created_at", "pages", "status", "id"]
OPERATORS: Final[Mapping[str, Operator]] = {
    "eq": "eq", "ne": "ne", "in": "in", "lt": "lt", "lte": "lte", "gt": "gt", "gte": "gte", "exists": "exists",
    "contains": "contains",
}  # fmt: skip
DOCUMENT_FIELDS: Final[Mapping[str, DocumentField]] = {
    "filename": "filename", "type": "type", "size_bytes": "size_bytes", "created_at": "created_at", "pages": "pages",
    "status": "status", "id": "id",
}  # fmt: skip
ORDERINGS: Final = frozenset(("lt", "lte", "gt", "gte"))
MAX_DEPTH: Final = 8
MAX_CONDITIONS: Final = 50
MAX_VALUES: Final = 200  # of a list
MAX_TEXT_BYTES: Final = 1024
_MAX_KEYS: Final = 16  # of a path
_OF_DOCUMENT: Final = "document."
_OF_METADATA: Final = "metadata."
# Operators of other languages. As the name of a nested object's only value each of them is a mistake, and would find
# nothing without a word.
_FOREIGN: Final = frozenset((
    "=", "==", "!=", "<>", "<", "<=", ">", ">=", "le", "ge", "neq", "nin", "not_in", "notin", "nor", "and", "or", "not",
    "like", "ilike", "regex", "regexp", "match", "matches", "between", "startswith", "starts_with", "endswith",
    "ends_with", "equal", "equals", "not_equal", "greater_than", "less_than", "contain", "includes", "exist",
))  # fmt: skip

Place = tuple[str | int, ...]


class FilterError(ValueError):
    """``code`` has a sentence; ``place`` are the keys and indexes that lead to what is wrong."""

    def __init__(self, code: str, place: Place) -> None:
        super().__init__(code)
        self.code, self.place = code, place


@dataclass(frozen=True, slots=True)
class MetadataField:
    """``name`` as it was written: a key of that name comes before the path that its dots would lead to."""

    name: str

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.name.split("."))


@dataclass(frozen=True, slots=True)
class Condition:
    field: MetadataField | DocumentField
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Contains:
    """The metadata contains this. An empty one lets every document through."""

    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Condition | Contains | AllOf | AnyOf | Not


def parse_filter(raw: Mapping[str, Any]) -> Node:
    """``Contains`` for a filter of plain values. FilterError for one that is not of the language or beyond a bound."""
    return _Reader().read(raw, (), 1)


def reads_status(node: Node) -> bool:
    """Whether it names what changes without a change of the base's content, so that no answer may be kept."""
    return any(condition.field == "status" for condition in conditions_of(node))


def conditions_of(node: Node) -> Iterator[Condition]:
    if isinstance(node, Condition):
        yield node
    elif isinstance(node, Not):
        yield from conditions_of(node.part)
    elif isinstance(node, (AllOf, AnyOf)):
        for part in node.parts:
            yield from conditions_of(part)


@dataclass(slots=True)
class _Reader:
    """Counts the conditions of one filter."""

    conditions: int = field(default=0)

    def read(self, raw: object, place: Place, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FilterError("FILTER_TOO_DEEP", place)
        if not isinstance(raw, Mapping) or (depth > 1 and not raw):
            raise FilterError("FILTER_VALUE_INVALID", place)
        plain: dict[str, Any] = {}
        parts: list[Node] = []
        for name, value in raw.items():
            at = (*place, name)
            _check_text(name, place)
            if found := self._part(name, value, at, depth):
                parts += found
            else:
                self._count(at)
                _check_texts(value, at)
                plain[name] = value
        parts = [Contains(plain), *parts] if plain or not parts else parts
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _part(self, name: str, value: object, at: Place, depth: int) -> list[Node]:
        """Empty for a plain value."""
        if name in ("and", "or"):
            return [self._several(name, value, at, depth)]
        if name == "not":
            return [Not(self.read(value, at, depth + 1))]
        if isinstance(value, Mapping) and _has_operators(value, strict=depth > 1 or _is_prefixed(name)):
            found = _field(name, at)
            return [self._condition(found, operator, operand, at) for operator, operand in value.items()]
        if _is_prefixed(name):
            return [self._condition(_field(name, at), "eq", value, at, shown=False)]
        return []

    def _several(self, name: str, value: object, at: Place, depth: int) -> Node:
        if not isinstance(value, list) or not value:
            raise FilterError("FILTER_VALUE_INVALID", at)
        parts = tuple(self.read(part, (*at, number), depth + 1) for number, part in enumerate(value))
        return AllOf(parts) if name == "and" else AnyOf(parts)

    def _condition(
        self, of: MetadataField | DocumentField, operator: str, value: Any, at: Place, *, shown: bool = True
    ) -> Condition:
        at = (*at, operator) if shown else at
        self._count(at)
        known = OPERATORS.get(operator)
        if known is None:
            raise FilterError("FILTER_OPERATOR_UNKNOWN", at)
        if isinstance(value, list) and len(value) > MAX_VALUES:
            raise FilterError("FILTER_TOO_LARGE", at)
        _check_texts(value, at)
        if not _is_operand(known, value):
            raise FilterError("FILTER_VALUE_INVALID", at)
        return Condition(of, known, value)

    def _count(self, at: Place) -> None:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise FilterError("FILTER_TOO_LARGE", at)


def _is_prefixed(name: str) -> bool:
    return name.startswith((_OF_DOCUMENT, _OF_METADATA))


def _has_operators(value: Mapping[str, Any], *, strict: bool) -> bool:
    """Whether an object holds conditions, and not a part of metadata. Inside a combination there was never another."""
    return strict or not OPERATORS.keys().isdisjoint(value) or any(map(_looks_foreign, value))


def _looks_foreign(name: str) -> bool:
    plain = name.strip("$_").lower()
    return plain in _FOREIGN or (plain != name and plain in OPERATORS)


def _field(name: str, at: Place) -> MetadataField | DocumentField:
    if name.startswith(_OF_DOCUMENT):
        known = DOCUMENT_FIELDS.get(name.removeprefix(_OF_DOCUMENT))
        if known is None:
            raise FilterError("FILTER_FIELD_UNKNOWN", at)
        return known
    found = MetadataField(name.removeprefix(_OF_METADATA))
    if not all(found.path) or len(found.path) > _MAX_KEYS:
        raise FilterError("FILTER_FIELD_UNKNOWN", at)
    return found


def _is_operand(operator: Operator, value: object) -> bool:
    if operator in ORDERINGS:
        return isinstance(value, (int, float, str)) and not isinstance(value, bool)
    if operator == "exists":
        return isinstance(value, bool)
    if operator == "in":
        return isinstance(value, list) and not any(isinstance(item, (list, Mapping)) for item in value)
    return operator != "contains" or value is not None


def _check_texts(value: object, at: Place) -> None:
    """Of a value however it nests; how deep that may be, its request's bound says."""
    if isinstance(value, str):
        _check_text(value, at)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _check_text(key, at)
            _check_texts(part, at)
    elif isinstance(value, list):
        for part in value:
            _check_texts(part, at)


def _check_text(text: str, at: Place) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise FilterError("FILTER_TOO_LARGE", at)
