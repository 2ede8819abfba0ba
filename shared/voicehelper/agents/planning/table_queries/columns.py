"""What a column is for, by its name: a measure, what may be added up, what only names a row."""

from __future__ import annotations

from voicehelper.agents.planning.table_queries.known import KnownColumn
from voicehelper.agents.planning.table_queries.lexicon import ADDED, PHRASES, ends_with, groups_of
from voicehelper.agents.planning.table_queries.mentions import bare_name, is_id
from voicehelper.agents.planning.table_queries.tokens import tokens


def means(column: KnownColumn, *meanings: str) -> bool:
    firsts = {group[0] for group in groups_of(bare_name(column))}
    return any(tokens(meaning) in firsts for meaning in meanings)


def is_measure(column: KnownColumn | None) -> bool:
    """Not a number that only names a row or a time."""
    if column is None or column.kind != "REAL" or is_id(column):
        return False
    return not means(column, "year", "month", "quarter")


def may_be_added(column: KnownColumn) -> bool:
    return is_measure(column) and not means(column, "price", "age", "score", "discount")


def is_added(column: KnownColumn) -> bool:
    name = bare_name(column)
    return may_be_added(column) and any(ends_with(name, end) for end in ADDED)


def is_money(column: KnownColumn) -> bool:
    return means(column, "amount", "sale")


def names_function(column: KnownColumn) -> bool:
    """ "total amount" as a column's own name: a function before it may be of another column."""
    return any(PHRASES[word].kind == "aggregate" for word in ((part,) for part in bare_name(column)) if word in PHRASES)


def is_name_of_rows(column: KnownColumn) -> bool:
    return is_id(column) or (column.is_unique and not is_measure(column) and not column.is_date)


def is_about_people(column: KnownColumn) -> bool:
    return means(column, "employee", "salary", "department", "position", "age", "student", "gender")
