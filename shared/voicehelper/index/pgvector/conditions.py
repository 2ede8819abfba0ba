"""A filter as one condition of SQL over a document's row and its metadata; ``condition_of`` is the entry,
``filter_condition`` that of searches.

The text is made of this module's fragments alone: names and values of a filter are parameters, ``%(f0)s`` and so on.
Each condition is true or false, never unknown, so that ``NOT`` means what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.index.filter_reading import DATE, as_date
from voicehelper.index.filters import (
    AllOf,
    AnyOf,
    Condition,
    Contains,
    DocumentField,
    MetadataField,
    Node,
    Not,
    Operator,
    parse_filter,
)

# Of the row ``d``, as JSON, so that one comparison serves both. A missing value is NULL.
_DOCUMENT: Final[Mapping[DocumentField, LiteralString]] = {
    "filename": "to_jsonb(d.filename)",
    "type": r"to_jsonb(lower(substring(d.filename FROM '\.([A-Za-z0-9]{1,16})$')))",
    "size_bytes": "to_jsonb(d.size_bytes)",
    "created_at": """to_jsonb(to_char(d.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))""",
    "pages": "to_jsonb(d.pages_total)",
    "status": "to_jsonb(d.status)",
    "id": "to_jsonb('doc-' || d.id)",
}
_SIGNS: Final[Mapping[Operator, LiteralString]] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
# pg_input_is_valid() knows the days of a month and raises nothing.
_MOMENT: Final[LiteralString] = (
    f"CASE WHEN x.v #>> '{{}}' ~ '{DATE}' AND pg_input_is_valid(left(x.v #>> '{{}}', 10), 'date')"
    " THEN CASE WHEN x.v #>> '{}' ~ '(Z|[+-][0-9:]{2,5})$' AND length(x.v #>> '{}') > 10"
    " THEN x.v #>> '{}' ELSE (x.v #>> '{}') || ' UTC' END::timestamptz END"
)


@dataclass(frozen=True, slots=True)
class SqlCondition:
    """Over ``document AS d`` and the metadata that ``condition_of`` was told; ``values`` are its parameters'."""

    text: LiteralString
    values: Mapping[str, Any]


def condition_of(node: Node, metadata: LiteralString) -> SqlCondition:
    """``metadata`` is a column, such as ``c.meta``."""
    writer = _Writer(metadata)
    return SqlCondition(writer.write(node), writer.values)


def filter_condition(raw: Mapping[str, Any]) -> SqlCondition | None:
    """Of a search's filter, over ``chunk AS c``; None for one of plain values, which the fixed statements hold."""
    node = parse_filter(raw)
    return None if isinstance(node, Contains) else condition_of(node, "c.meta")


@dataclass(frozen=True, slots=True)
class _Document:
    id: UUID


_PASSING: Final = """
    SELECT d.id FROM document AS d
     CROSS JOIN LATERAL (SELECT meta FROM chunk WHERE document_id = d.id AND tenant_id = %(tenant_id)s LIMIT 1) AS c
     WHERE d.tenant_id = %(tenant_id)s AND d.kb_id = ANY(%(kb_ids)s) AND ({condition})
     LIMIT %(most)s
"""


def passing_documents(
    tx: Transaction, kb_ids: Sequence[UUID], condition: SqlCondition, *, most: int
) -> list[UUID] | None:
    """The documents of bases that a filter lets through; None if there are more than ``most``."""
    statement = _PASSING.replace("{condition}", condition.text)
    rows = tx.all(_Document, statement, **condition.values, kb_ids=list(kb_ids), most=most + 1)
    return None if len(rows) > most else [row.id for row in rows]


@dataclass(slots=True)
class _Writer:
    metadata: LiteralString
    values: dict[str, Any] = field(default_factory=dict)

    def write(self, node: Node) -> LiteralString:
        if isinstance(node, Contains):
            return f"{self.metadata} @> {self._value(Jsonb(dict(node.metadata)))}"
        if isinstance(node, Not):
            return f"NOT ({self.write(node.part)})"
        if isinstance(node, Condition):
            return self._condition(node)
        return self._several(node)

    def _several(self, node: AllOf | AnyOf) -> LiteralString:
        joint: LiteralString = " AND " if isinstance(node, AllOf) else " OR "
        return f"({joint.join([self.write(part) for part in node.parts])})"

    def _condition(self, condition: Condition) -> LiteralString:
        found = self._found(condition.field)
        if condition.operator == "exists":
            return f"({found}) IS {'NOT NULL' if condition.value else 'NULL'}"
        is_denied = condition.operator == "ne"
        test = self._test("eq" if is_denied else condition.operator, condition.value)
        return f"{'NOT ' if is_denied else ''}coalesce((SELECT {test} FROM (SELECT {found} AS v) AS x), false)"  # noqa: S608

    def _found(self, of: MetadataField | DocumentField) -> LiteralString:
        if not isinstance(of, MetadataField):
            return _DOCUMENT[of]
        whole: LiteralString = f"{self.metadata} -> {self._value(of.name)}::text"
        if len(of.path) == 1:
            return whole
        keys: list[LiteralString] = [f"{self._value(key)}::text" for key in of.path]
        return f"coalesce({whole}, {self.metadata} -> {' -> '.join(keys)})"

    def _test(self, operator: Operator, value: Any) -> LiteralString:
        """Over ``x.v``."""
        if operator == "in":
            return self._any_of(value)
        if operator == "contains":
            return self._holds(value)
        if isinstance(value, str) and (moment := as_date(value)):
            return self._dated(_SIGNS.get(operator, "="), moment)
        if operator == "eq":
            return f"x.v = {self._value(Jsonb(value))}"
        return self._ordered(_SIGNS[operator], value)

    def _any_of(self, values: Sequence[Any]) -> LiteralString:
        others = [Jsonb(value) for value in values if not (isinstance(value, str) and as_date(value))]
        moments = [moment for value in values if isinstance(value, str) and (moment := as_date(value))]
        tests: list[LiteralString] = [f"x.v = ANY({self._value(others)}::jsonb[])"]
        return " OR ".join([*tests, *(self._dated("=", moment) for moment in moments)])

    def _dated(self, sign: LiteralString, moment: date | datetime) -> LiteralString:
        if isinstance(moment, datetime):
            return f"{_MOMENT} {sign} {self._value(moment)}::timestamptz"
        return f"(({_MOMENT}) AT TIME ZONE 'UTC')::date {sign} {self._value(moment)}::date"

    def _ordered(self, sign: LiteralString, value: float | str) -> LiteralString:
        if isinstance(value, str):
            text = f"(x.v #>> '{{}}') COLLATE \"C\" {sign} {self._value(value)}::text"
            return f"CASE WHEN jsonb_typeof(x.v) = 'string' THEN {text} END"
        number = f"x.v::numeric {sign} {self._value(repr(value))}::numeric"
        return f"CASE WHEN jsonb_typeof(x.v) = 'number' THEN {number} END"

    def _holds(self, value: Any) -> LiteralString:
        """In a text, in a list or in an object; what the value cannot stand in has no branch."""
        items = self._value(Jsonb(value if isinstance(value, list) else [value]))
        cases: list[LiteralString] = [f"WHEN 'array' THEN x.v @> {items}"]
        if isinstance(value, str):
            cases.append(f"WHEN 'string' THEN strpos(x.v #>> '{{}}', {self._value(value)}::text) > 0")
        if isinstance(value, Mapping):
            cases.append(f"WHEN 'object' THEN x.v @> {self._value(Jsonb(dict(value)))}")
        return f"CASE jsonb_typeof(x.v) {' '.join(cases)} END"

    def _value(self, value: Any) -> LiteralString:
        name = f"f{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"
