"""Answers from the rows of a table: those that fit, how many they are, the one with the most or least.

``answer_from_rows`` is the entry; ``compose`` is the caller. A row is a line of "name: value" cells, as parsers write.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.answering.reader.leads import only_repeats
from voicehelper.answering.reader.units import Unit, fitting
from voicehelper.index.passage import Passage
from voicehelper.text.asking import extreme, wants_all, wants_count
from voicehelper.text.language import shares_language, text_language
from voicehelper.text.question_terms import QuestionTerms, is_exact
from voicehelper.text.sentences import CELL_BORDER
from voicehelper.text.spellings.find import spellings
from voicehelper.text.tokenization import normalize, terms

MAX_LIST_CHARS: Final = 1_500
_SHORT_TABLE: Final = 5  # rows that are shown where the question names a column alone
_MAX_ROWS: Final = 3  # of an answer that did not ask for all
_NEARLY: Final = 0.9
_PAIRED: Final = 0.5
_MOST_NUMBERS: Final = 0.6  # share of a column's cells that hold one
_UNNAMED: Final = frozenset([""])
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_DATE: Final = re.compile(r"\d{4}-\d\d(?:-\d\d)?")
# Superlatives that also mean something else need a column that the question names.
_LOOSE: Final = re.compile(r"\b(?:first|last|most|least|top|max|min|nearest)\b", re.IGNORECASE)
# (what a superlative measures, names of the columns that hold it)
_MEASURES: Final = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(named, re.IGNORECASE))
    for asked, named in (
        (r"old|new|lat|earl|recent|最早|最晚|最新|最旧", r"date|year|since|from|start|built|日期|时间|年"),
        (r"cheap|expensive|pric|dear|最贵|最便宜", r"price|cost|fee|rate|amount|价|费|金额"),
        (r"heav|light|最重|最轻", r"weight|mass|重"),
        (r"long|short|最长|最短|最久", r"length|duration|term|period|长|期|时间"),
        (r"larg|big|small|great|最大|最小", r"size|area|volume|capacity|amount|面积|容量|大小|数量"),
        (r"tall|high|low|最高|最低", r"height|level|score|rate|高|率|分"),
        (r"fast|slow|最快|最慢", r"speed|速"),
        (r"many|most|few|least|最多|最少", r"number|count|quantity|total|数|量"),
    )
)
# By whether every row of the table was read, and all that fit are shown.
_NOTES: Final = {
    (True, True): {"zh": "共 {n} 行。", "en": "{n} {rows} in all."},
    (True, False): {"zh": "符合的共 {n} 行，此处列出 {shown} 行。", "en": "{n} rows fit; {shown} are shown."},
    (False, True): {"zh": "至少 {n} 行，可能还有。", "en": "At least {n} {rows}; there may be more."},
    (False, False): {"zh": "至少 {n} 行符合，此处列出 {shown} 行。", "en": "At least {n} rows fit; {shown} are shown."},
}


@dataclass(frozen=True, slots=True)
class Row:
    """``unit`` is its line; ``cells`` are (column name, value), the name empty where the table has none."""

    unit: Unit
    cells: tuple[tuple[str, str], ...]

    def terms(self) -> frozenset[str]:
        return frozenset(terms(CELL_BORDER.join(value for _, value in self.cells)))


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """``note`` says how many rows fit, or fit at least; empty where the answer is the rows alone."""

    units: list[Unit]
    note: str = ""


def answer_from_rows(
    question: str,
    query_terms: QuestionTerms,
    best: Unit,
    passages: Sequence[Passage],
    *,
    whole_tables: Collection[UUID] = (),
) -> RowAnswer | None:
    """None where the best unit is no row, or is one of many and the question names nothing that is in one of them."""
    if CELL_BORDER not in best.text:
        return None
    rows = rows_like(best, passages)
    rows = [row for row in rows if not only_repeats(question, row.unit.text)] or rows  # as the head of a table may
    fitting_rows, named = _fitting(query_terms, rows)
    if found := _extreme_rows(question, query_terms, fitting_rows):
        return RowAnswer([row.unit for row in found[:_MAX_ROWS]])
    is_whole = passages[best.passage].document_id in whole_tables
    counts = wants_count(question) and not _names_numbers(query_terms, rows)
    if counts or (wants_all(question) and len(fitting_rows) > 1):
        return _all_of(question, fitting_rows, is_whole=is_whole)
    if named:
        return _few_of(question, fitting_rows, is_whole=is_whole)
    is_read = shares_language(question, best.text)  # of a table in another language, a name matched
    return RowAnswer([row.unit for row in rows]) if is_read and 1 < len(rows) <= _SHORT_TABLE else None


def rows_like(best: Unit, passages: Sequence[Passage]) -> list[Row]:
    """The rows of the best one's table, in every passage of its document and sheet."""
    home = passages[best.passage]
    near = [
        (number, passage)
        for number, passage in enumerate(passages)
        if (passage.document_id, passage.place.sheet) == (home.document_id, home.place.sheet)
    ]
    table = [row for number, passage in near for row in _rows_of(number, passage)]
    names = _names(_cells(best.text))
    if names == _UNNAMED:  # the best line may be the head of a table
        names = next((_names(row.cells) for row in table if _names(row.cells) != _UNNAMED), names)
    return _in_order([row for row in table if _is_like(names, _names(row.cells))], passages)


def _rows_of(number: int, passage: Passage) -> list[Row]:
    lines = [(position, line.strip()) for position, line in enumerate(passage.text.split("\n")) if CELL_BORDER in line]
    return [Row(Unit(number, position, line, 0.0, frozenset()), _cells(line)) for position, line in lines]


def _is_like(names: frozenset[str], others: frozenset[str]) -> bool:
    """Whether a row with other column names may be of the same table: it has half of them, and names any if it does."""
    return (others == _UNNAMED) == (names == _UNNAMED) and 2 * len(names & others) >= len(names)


def _in_order(rows: list[Row], passages: Sequence[Passage]) -> list[Row]:
    """In the order of the table, each once: chunks may overlap."""
    ordered = sorted(rows, key=lambda row: (passages[row.unit.passage].place.first_row or 0, row.unit.position))
    return list({(row.unit.text): row for row in reversed(ordered)}.values())[::-1]


def _cells(line: str) -> tuple[tuple[str, str], ...]:
    parts = (cell.strip().partition(": ") for cell in line.split(CELL_BORDER))
    return tuple((name, value) if value else ("", name) for name, _, value in parts)


def _names(cells: Sequence[tuple[str, str]]) -> frozenset[str]:
    return frozenset(name for name, _ in cells)


def _fitting(query_terms: QuestionTerms, rows: Sequence[Row]) -> tuple[list[Row], bool]:
    """(the rows whose values the question names most, whether it names any). Numbers and codes must be there."""
    found = [query_terms.found(row.terms()) for row in rows]
    numbers = {term for terms_of_row in found for term in terms_of_row if is_exact(term)}
    held = [(row, f) for row, f in zip(rows, found, strict=True) if numbers <= f] or list(zip(rows, found, strict=True))
    fits = [query_terms.coverage(f) and query_terms.coverage(f) + _paired(query_terms, row) for row, f in held]
    most = max(fits, default=0.0)
    return [row for (row, _), fit in zip(held, fits, strict=True) if fit >= _NEARLY * most], most > 0


def _paired(query_terms: QuestionTerms, row: Row) -> float:
    """What the question says of the columns whose values it names: of "station 6", that of the column Station."""
    named = (frozenset(terms(name)) for name, value in row.cells if query_terms.found(terms(value)))
    return _PAIRED * query_terms.coverage(frozenset[str]().union(*named))


def _names_numbers(query_terms: QuestionTerms, rows: Sequence[Row]) -> bool:
    """Whether the question names a column of numbers, whose value it then asks for."""
    return any(column_named(query_terms, name) for name in number_columns(rows))


def column_named(query_terms: QuestionTerms, column: str) -> float:
    return query_terms.coverage(terms(column))


def number_columns(rows: Sequence[Row]) -> list[str]:
    names = dict.fromkeys(name for row in rows for name, _ in row.cells if name)
    return [name for name in names if _is_measured([value_of(row, name) for row in rows])]


def _is_measured(values: Sequence[str]) -> bool:
    filled = [value for value in values if value]
    return bool(filled) and sum(_measure(value) is not None for value in filled) >= _MOST_NUMBERS * len(filled)


def value_of(row: Row, column: str) -> str:
    return next((value for name, value in row.cells if name == column), "")


def _measure(value: str) -> tuple[str, float] | None:
    """(kind, number) of a cell that begins with a number or is a date: only values of one kind are compared."""
    text = normalize(value).strip()
    spelling = next(iter(spellings(text)), None)
    if spelling is None or spelling.start > 2:
        return None
    name = (spelling.asked or ((text,),))[0][0]
    if _DATE.fullmatch(name):
        return "date", float(name.replace("-", "").ljust(8, "0"))
    return ("number", float(name)) if _NUMBER.fullmatch(name) else None


def _extreme_rows(question: str, query_terms: QuestionTerms, rows: Sequence[Row]) -> list[Row]:
    direction = extreme(question)
    column = _measured_column(question, query_terms, rows) if direction and len(rows) > 1 else None
    if column is None:
        return []
    measured = [(row, measure) for row in rows if (measure := _measure(value_of(row, column)))]
    kind, _ = Counter(kind for _, (kind, _) in measured).most_common(1)[0]
    numbers = {measure[1] for _, measure in measured if measure[0] == kind}
    wanted = kind, max(numbers) if direction == "most" else min(numbers)
    return [row for row, measure in measured if measure == wanted]


def _measured_column(question: str, query_terms: QuestionTerms, rows: Sequence[Row]) -> str | None:
    """The column of numbers that the question names, or that holds what its superlative measures."""
    columns = number_columns(rows)
    named = max(columns, key=lambda name: column_named(query_terms, name), default=None)
    if named and column_named(query_terms, named) > 0:
        return named
    if _LOOSE.search(question):
        return None
    for asked, holds in _MEASURES:
        if asked.search(question) and (column := next(filter(holds.search, columns), None)):
            return column
    return columns[0] if len(columns) == 1 else None


def _all_of(question: str, rows: Sequence[Row], *, is_whole: bool) -> RowAnswer:
    units = [row.unit for row in rows]
    return _noted(question, fitting(units, MAX_LIST_CHARS) or units[:1], len(rows), is_whole=is_whole)


def _few_of(question: str, rows: Sequence[Row], *, is_whole: bool) -> RowAnswer:
    units = [row.unit for row in rows]
    if len(rows) > _MAX_ROWS:
        return _noted(question, units[:_MAX_ROWS], len(rows), is_whole=is_whole)
    return RowAnswer(units)


def _noted(question: str, shown: list[Unit], total: int, *, is_whole: bool) -> RowAnswer:
    note = _NOTES[is_whole, len(shown) == total][text_language(question)]
    return RowAnswer(shown, note.format(n=total, shown=len(shown), rows="row" if total == 1 else "rows"))
