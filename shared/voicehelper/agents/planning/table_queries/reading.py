"""Mentions → what a query selects, of which rows, in which groups and order. Entry: ``read_question``.

A question that could be read in two ways is not read at all: no query is better than one that answers another question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from voicehelper.agents.planning.table_queries.asked import Asked, Condition, Function, Group, Measure
from voicehelper.agents.planning.table_queries.columns import (
    is_about_people,
    is_added,
    is_measure,
    is_name_of_rows,
    may_be_added,
    means,
    names_function,
)
from voicehelper.agents.planning.table_queries.conditions import Conditions
from voicehelper.agents.planning.table_queries.known import KnownColumn, KnownTable
from voicehelper.agents.planning.table_queries.mentions import Mention
from voicehelper.agents.planning.table_queries.remaining import Remaining, UnreadableError, column_of

_MOST_LISTED: Final = 50


def read_question(mentions: Sequence[Mention], table: KnownTable) -> Asked:
    """Raises UnreadableError."""
    rest = Remaining(list(mentions), table)
    conditions = Conditions(rest)
    conditions.take()
    reader = _Reader(rest, conditions.found, conditions.each)
    reader.take_groups()
    return reader.asked()


@dataclass(slots=True)
class _Reader:
    rest: Remaining
    conditions: list[Condition]
    groups: list[Group] = field(default_factory=list)

    def take_groups(self) -> None:
        while (place := self.rest.place("by")) is not None:
            del self.rest.mentions[place]
            while self.rest.kind(place) == "by":
                del self.rest.mentions[place]
            if self.rest.kind(place) == "is":
                del self.rest.mentions[place]
            if self.rest.kind(place) in ("year_of", "month_of"):
                part = "year" if self.rest.mentions[place].kind == "year_of" else "month"
                self.groups.append(self._by_date(part))
                del self.rest.mentions[place]
            elif self.rest.kind(place) == "column":
                column = column_of(self.rest.mentions[place])
                if is_name_of_rows(column) and any(mention.kind == "aggregate" for mention in self.rest.mentions):
                    del self.rest.mentions[place]  # "the average amount per order"
                elif column.kind == "TEXT" or means(column, "year", "month", "quarter") or not is_added(column):
                    self.groups.append(Group(column))
                    del self.rest.mentions[place]
                elif not any(mention.kind == "superlative" for mention in self.rest.mentions):
                    raise UnreadableError("grouped by a measure")
            elif self.rest.kind(place) not in ("rows", "person", ""):
                raise UnreadableError("grouped by nothing that is known")

    def _by_date(self, part: str) -> Group:
        named = [column for column in self.rest.table.columns if means(column, part)]
        dates = [column for column in self.rest.table.columns if column.is_date]
        if len(named) == 1:
            return Group(named[0])
        if len(dates) == 1:
            return Group(dates[0], part)
        raise UnreadableError("no column of dates")

    def asked(self) -> Asked:
        self._refuse_leftovers()
        columns = list(dict.fromkeys(column_of(mention) for mention in self.rest.mentions if mention.kind == "column"))
        functions = [m.what.partition(" ")[0] for m in self.rest.mentions if m.kind == "aggregate"]
        extreme, limit = self._extreme(columns)
        asked = Asked(groups=self.groups, conditions=self.conditions, extreme=extreme, limit=limit)
        numbers = [column for column in columns if is_measure(column)]
        others = [column for column in columns if column not in numbers]
        if functions:
            self._aggregate(asked, functions, numbers, others)
        elif numbers:
            self._value(asked, numbers, others)
        elif self._counts():
            self._count(asked, others)
        else:
            self._rows(asked, others)
        return asked

    def _refuse_leftovers(self) -> None:
        if any(mention.kind == "number" for mention in self.rest.mentions) and not self._limit():
            raise UnreadableError("a number that says nothing")
        if self._limit() and sum(mention.kind == "number" for mention in self.rest.mentions) > 1:
            raise UnreadableError("several numbers")
        if self.rest.place("person") is not None and not any(map(is_about_people, self.rest.table.columns)):
            raise UnreadableError("a table without people")
        if any(mention.kind in ("month_of", "respectively") for mention in self.rest.mentions):
            raise UnreadableError("a word that says nothing")

    def _extreme(self, columns: list[KnownColumn]) -> tuple[Literal["asc", "desc", ""], int]:
        for mention in self.rest.mentions:
            if mention.kind == "superlative":
                return ("asc" if mention.what == "asc" else "desc"), self._limit() or 1
            if mention.kind == "implied":
                meaning, _, direction = mention.what.partition(" ")
                fitting = [column for column in self.rest.table.columns if means(column, meaning)]
                named = [column for column in fitting if column in columns]
                if len(named or fitting) != 1:
                    raise UnreadableError("which is the dearest")
                columns.append((named or fitting)[0]) if not named else None
                return ("asc" if direction == "asc" else "desc"), self._limit() or 1
        return "", 0

    def _limit(self) -> int:
        """ "top 3", "the 3 highest", "前三"."""
        for place, mention in enumerate(self.rest.mentions):
            beside = {self.rest.kind(place - 1), self.rest.kind(place + 1)}
            whole = mention.kind == "number" and mention.number.is_integer() and 1 <= mention.number <= _MOST_LISTED
            if whole and beside & {"superlative", "implied"}:
                return int(mention.number)
        return 0

    def _aggregate(
        self, asked: Asked, functions: list[str], numbers: list[KnownColumn], others: list[KnownColumn]
    ) -> None:
        if not numbers:
            if set(functions) == {"sum"} and self._counts():
                self._count(asked, others)  # "how many orders in total"
                return
            raise UnreadableError("nothing to compute")
        pairs = list(zip(functions, numbers, strict=False)) if len(functions) == len(numbers) else []
        if not pairs and len(set(functions)) == 1 and not any(map(names_function, numbers)):
            pairs = [(functions[0], column) for column in numbers]
        elif not pairs and len(numbers) == 1:
            pairs = [(function, numbers[0]) for function in dict.fromkeys(functions)]
        if not pairs:
            raise UnreadableError("which of them is computed how")
        if any(function == "sum" and not may_be_added(column) for function, column in pairs):
            raise UnreadableError("a sum of what is not added up")
        asked.measures = [Measure(_function(function), column) for function, column in pairs]
        self._group_by_subjects(asked, others)

    def _value(self, asked: Asked, numbers: list[KnownColumn], others: list[KnownColumn]) -> None:
        """Without a function: an extreme of them, a sum of what is added up, or the value of a row."""
        if asked.extreme:
            self._extreme_value(asked, numbers, others)
        elif self._are_added(numbers) and (asked.groups or others or not self._is_one_row(asked)):
            asked.measures = [Measure("sum", column) for column in numbers]
            self._group_by_subjects(asked, others)
        elif list(_named_in(asked.conditions)) and not asked.groups:
            asked.shown = [*_named_in(asked.conditions), *others, *numbers]
        else:
            raise UnreadableError("whose value")

    def _are_added(self, numbers: list[KnownColumn]) -> bool:
        """By their names, or because their number is asked for: "how many crates"."""
        return all(map(may_be_added if self._counts() else is_added, numbers))

    def _extreme_value(self, asked: Asked, numbers: list[KnownColumn], others: list[KnownColumn]) -> None:
        if len(numbers) != 1:
            raise UnreadableError("the extreme of several")
        [number] = numbers
        if asked.groups or not others:
            lists = any(mention.kind in ("lists", "rows", "person") for mention in self.rest.mentions)
            if others or (lists and not asked.groups):
                asked.shown = [*others, number]
                asked.measures = [Measure("", number)]
            elif asked.limit > 1:
                raise UnreadableError("several extremes of one column")
            else:
                asked.measures, asked.extreme = [Measure("max" if asked.extreme == "desc" else "min", number)], ""
            if others and asked.groups:
                raise UnreadableError("the first of each group")
        elif all(other.is_unique for other in others) or not is_added(number):
            asked.shown, asked.measures = [*others, number], [Measure("", number)]
        else:
            asked.measures = [Measure("sum", number)]
            self._group_by_subjects(asked, others)

    def _is_one_row(self, asked: Asked) -> bool:
        """Whether the conditions name one row: by a value that no two rows share."""
        return any(condition.operator == "in" and condition.column.is_unique for condition in asked.conditions)

    def _group_by_subjects(self, asked: Asked, others: list[KnownColumn]) -> None:
        """ "which region has the highest total": by region. A name that a condition holds already adds nothing."""
        held = {condition.column.name for condition in asked.conditions} | {g.column.name for g in asked.groups}
        new = [other for other in others if other.name not in held]
        if new and not (asked.extreme or any(mention.kind == "lists" for mention in self.rest.mentions)):
            if any(not other.is_unique or asked.groups for other in new) or len(new) > 1:
                raise UnreadableError("a column that is asked for nothing")
            return
        asked.groups = [*asked.groups, *(Group(other) for other in new)]

    def _counts(self) -> bool:
        kinds = {mention.kind for mention in self.rest.mentions}
        columns = [column_of(mention) for mention in self.rest.mentions if mention.kind == "column"]
        if any(mention.what == "sum number" for mention in self.rest.mentions):
            return True
        names_rows = "rows" in kinds or any(map(is_name_of_rows, columns))
        return bool(kinds & {"count", "distinct", "many", "person"}) or ("superlative" in kinds and names_rows)

    def _count(self, asked: Asked, others: list[KnownColumn]) -> None:
        distinct = any(mention.kind == "distinct" for mention in self.rest.mentions)
        held = {group.column.name for group in asked.groups}
        new = [other for other in others if other.name not in held]
        subjects = [other for other in new if not is_name_of_rows(other)]
        if asked.extreme and subjects:
            asked.groups = [*asked.groups, Group(subjects[0])]
            new = [other for other in new if other is not subjects[0]]
        if len(new) > 1:
            raise UnreadableError("the number of several things")
        is_row = not new or (new[0].is_unique and not distinct)
        asked.measures = [Measure("count") if is_row else Measure("distinct", new[0])]

    def _rows(self, asked: Asked, others: list[KnownColumn]) -> None:
        if not list(_named_in(asked.conditions)) or asked.groups or asked.extreme:
            raise UnreadableError("nothing is asked of the table")
        listed = any(mention.kind in ("lists", "rows", "person") for mention in self.rest.mentions)
        if not others and not listed:
            raise UnreadableError("no column is asked for")
        asked.shown = [] if listed and not others else [*_named_in(asked.conditions), *others]


def _named_in(conditions: Sequence[Condition]) -> Iterator[KnownColumn]:
    return (condition.column for condition in conditions if condition.operator != "not in")


def _function(what: str) -> Function:
    return what  # type: ignore[return-value]
