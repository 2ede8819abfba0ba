"""Which rows a question is about: values, dates, comparisons. Entry: ``Conditions.take``, called by ``reading``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from voicehelper.agents.planning.table_queries.asked import Condition, Group
from voicehelper.agents.planning.table_queries.columns import is_added, is_measure, is_money, means
from voicehelper.agents.planning.table_queries.known import KnownColumn
from voicehelper.agents.planning.table_queries.lexicon import SCALED_UNITS, TOTALS
from voicehelper.agents.planning.table_queries.mentions import Mention
from voicehelper.agents.planning.table_queries.remaining import Remaining, UnreadableError, column_of
from voicehelper.agents.planning.table_queries.tokens import tokens

_YEARS: Final = range(1900, 2101)


@dataclass(slots=True)
class Conditions:
    """``each`` are columns whose named values are told one by one: "East and West respectively"."""

    rest: Remaining
    found: list[Condition] = field(default_factory=list)
    each: list[Group] = field(default_factory=list)

    def take(self) -> None:
        self._leave_out_totals()
        self._take_values()
        self._take_dates()
        while (place := self.rest.place("compare", "compare_after", "between")) is not None:
            self._take_comparison(place)
        self._take_equal_numbers()

    def _leave_out_totals(self) -> None:
        """Rows that are sums of others would count twice."""
        for column in self.rest.table.columns:
            if labels := tuple(value for value in column.values if tokens(value) in TOTALS):
                self.found.append(Condition(column, "not in", texts=labels))

    def _take_values(self) -> None:
        """Of one column, any of them; a column that is named beside its value only says whose value it is."""
        while (place := self.rest.place("value")) is not None:
            column, texts = self.rest.mentions[place].column, list(self.rest.mentions[place].texts)
            assert column
            del self.rest.mentions[place]
            while (other := self._value_of(column)) is not None:
                texts += self.rest.mentions.pop(other).texts
            self.found.append(Condition(column, "in", texts=tuple(dict.fromkeys(texts))))
            self._drop_beside(place, column)
            if len(texts) > 1 and (each := self.rest.place("respectively")) is not None:
                del self.rest.mentions[each]
                self.each.append(Group(column))

    def _value_of(self, column: KnownColumn) -> int | None:
        return next((n for n, m in enumerate(self.rest.mentions) if m.kind == "value" and m.column is column), None)

    def _drop_beside(self, place: int, column: KnownColumn) -> None:
        for near in (place, place - 1, place - 2):
            if self.rest.kind(near) == "column" and self.rest.mentions[near].column is column:
                if self.rest.kind(near - 1) != "by":
                    del self.rest.mentions[near]
                return

    def _take_dates(self) -> None:
        """ "2024 年 3 月", "March 2024", "2024", where one column holds dates."""
        year = next((n for n, m in enumerate(self.rest.mentions) if self._is_year(n, m)), None)
        month = next((n for n, m in enumerate(self.rest.mentions) if self._month_at(n)), None)
        if year is None and month is None:
            return
        in_year = int(self.rest.mentions[year].number) if year is not None else 0
        in_month = self._month_at(month) if month is not None else 0
        self._drop_dates(year, month)
        self.found.append(self._date_condition(in_year, in_month))

    def _is_year(self, place: int, mention: Mention) -> bool:
        """Not where it is compared, nor the number of a column that is no measure."""
        before = self.rest.kind(place - 1)
        of_column = before == "column" and not is_measure(self.rest.mentions[place - 1].column)
        compared = before in ("compare", "between", "is") or self.rest.kind(place + 1) == "compare_after"
        is_between = self.rest.kind(place - 2) == "between" and before == "number"
        in_range = mention.kind == "number" and mention.number in _YEARS and not mention.what
        return in_range and not (of_column or compared or is_between)

    def _month_at(self, place: int) -> int:
        mention = self.rest.mentions[place]
        if mention.kind == "month_of" and mention.number:
            return int(mention.number)
        follows = self.rest.kind(place + 1) == "month_of" and not self.rest.mentions[place + 1].number
        is_month = mention.kind == "number" and 1 <= mention.number <= 12 and mention.number.is_integer()
        return int(mention.number) if is_month and follows else 0

    def _drop_dates(self, year: int | None, month: int | None) -> None:
        gone = {place for place in (year, month) if place is not None}
        gone |= {place + 1 for place in gone if self.rest.kind(place + 1) in ("year_of", "month_of")}
        self.rest.mentions = [mention for place, mention in enumerate(self.rest.mentions) if place not in gone]

    def _date_condition(self, year: int, month: int) -> Condition:
        dates = [column for column in self.rest.table.columns if column.is_date]
        if len(dates) == 1:
            if year and month:
                return Condition(dates[0], "starts", texts=(f"{year}-{month:02d}",))
            return Condition(dates[0], "starts", texts=(str(year),)) if year else _month_of(dates[0], month)
        years = [column for column in self.rest.table.columns if column.kind == "REAL" and means(column, "year")]
        if year and not month and len(years) == 1:
            return Condition(years[0], "=", numbers=(float(year),))
        raise UnreadableError("no column of dates")

    def _take_comparison(self, place: int) -> None:
        kind, operator = self.rest.mentions[place].kind, self.rest.mentions[place].what.partition(" ")[0]
        if kind == "between":
            if [self.rest.kind(place + 1), self.rest.kind(place + 2)] != ["number", "number"]:
                del self.rest.mentions[place]  # "在" alone says where
                return
            low, high = sorted((self.rest.mentions[place + 1].number, self.rest.mentions[place + 2].number))
            self._compare(place, 3, "between", (low, high))
        elif kind == "compare_after" and self.rest.kind(place - 1) == "number":
            self._compare(place - 1, 2, operator, (self.rest.mentions[place - 1].number,))
        elif kind == "compare" and self.rest.kind(place + 1) == "number":
            self._compare(place, 2, operator, (self.rest.mentions[place + 1].number,))
        else:
            raise UnreadableError("a comparison without a number")

    def _compare(self, place: int, length: int, operator: str, numbers: tuple[float, ...]) -> None:
        column, at = self._compared(place, length)
        is_scaled = any(mention.what == "scaled" for mention in self.rest.mentions[place : place + length])
        if is_scaled and any(unit in column.name.lower() for unit in SCALED_UNITS):
            raise UnreadableError("a number in another unit than its column")
        has_dates = any(column.is_date for column in self.rest.table.columns)
        if operator == "between" and at is None and has_dates and all(number in _YEARS for number in numbers):
            raise UnreadableError("years or numbers")
        gone = {*range(place, place + length), *([] if at is None else [at])}
        gone |= {near for near in (place - 1,) if self.rest.kind(near) == "is"}
        self.rest.mentions = [mention for n, mention in enumerate(self.rest.mentions) if n not in gone]
        self.found.append(Condition(column, operator, numbers=numbers))

    def _compared(self, place: int, length: int) -> tuple[KnownColumn, int | None]:
        """The number column beside it, else the only one that it can be."""
        compared = self.rest.mentions[place : place + length]
        meaning = next((mention.what.partition(" ")[2] for mention in compared if " " in mention.what), "")
        before = place - 1 - (self.rest.kind(place - 1) == "is")
        for near in (before, place + length):
            if self.rest.kind(near) == "column" and is_measure(self.rest.mentions[near].column) and not meaning:
                return column_of(self.rest.mentions[near]), near
        if meaning:
            meant = [column for column in self.rest.table.columns if means(column, meaning)]
            if len(meant) == 1:
                return meant[0], None
            raise UnreadableError("which number is compared")
        measures = [column for column in self.rest.table.columns if is_measure(column)]
        added = [column for column in measures if is_added(column)]
        for candidates in (measures, added, [column for column in added if is_money(column)]):
            if len(candidates) == 1:
                return candidates[0], None
        raise UnreadableError("which number is compared")

    def _take_equal_numbers(self) -> None:
        """ "rating 5", "grade is 3": a number right after its column."""
        for place in range(len(self.rest.mentions) - 1, 0, -1):
            before = place - 1 - (self.rest.kind(place - 1) == "is")
            if self.rest.kind(place) == "number" and self.rest.kind(before) == "column":
                column = column_of(self.rest.mentions[before])
                if column.kind == "REAL" and self.rest.kind(before - 1) not in ("superlative", "by"):
                    self.found.append(Condition(column, "=", numbers=(self.rest.mentions[place].number,)))
                    del self.rest.mentions[before : place + 1]


def _month_of(column: KnownColumn, month: int) -> Condition:
    return Condition(column, "month", texts=(f"{month:02d}",))
