"""Totals and means over the rows of a table that the question names, computed, with the rows that they are made of.

``total_of`` is the entry; ``compose`` is the caller.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from voicehelper.answering.reader.amounts import added
from voicehelper.answering.reader.rows import (
    MAX_LIST_CHARS,
    Row,
    RowAnswer,
    column_named,
    number_columns,
    rows_like,
    value_of,
)
from voicehelper.answering.reader.units import Unit, fitting
from voicehelper.index.passage import Passage
from voicehelper.text.asking import Calculation, calculation, wants_count
from voicehelper.text.language import text_language
from voicehelper.text.question_terms import QuestionTerms
from voicehelper.text.sentences import CELL_BORDER
from voicehelper.text.tokenization import terms

_ROW_OF_TOTALS: Final = re.compile(
    r"(?:grand |sub-?|overall )?(?:totals?|sum|average|mean|合 ?计|总 ?计|小 ?计|共计|总和|平均值?)"
    r"(?:[(（][^()（）]{0,40}[)）])?[:：]?",
    re.IGNORECASE,
)
_NO_AMOUNT: Final = re.compile(
    r"^(?:no\.?|nr\.?|#|年|月|日|year|month|day|id|编号|序号|代码)$|\b(?:id|code|phone|tel|ext|zip|year|date)\b"
    r"|年份|年度$|日期|时间$|编号|序号|电话|分机|邮编|代码",
    re.IGNORECASE,
)
# (what is added up, names of the columns that hold it)
_MEASURES: Final = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(named, re.IGNORECASE))
    for asked, named in (
        (r"cost|pric|pay|spen[dt]|expens|charg|worth|花|钱|费|价", r"price|cost|fee|amount|sum|total|价|费|额|元"),
        (r"weigh|heav|重", r"weight|mass|重"),
        (r"people|staff|employees|person|人", r"people|staff|employees|head ?count|persons|人数|人"),
    )
)
_NOTES: Final = {
    ("sum", True): {"zh": "{column}合计：{value}（{n} 行）。", "en": "{column}, total of {n} rows: {value}."},
    ("mean", True): {"zh": "{column}平均：{value}（{n} 行）。", "en": "{column}, mean of {n} rows: {value}."},
    ("sum", False): {
        "zh": "已找到的 {n} 行的{column}合计：{value}，可能还有其他行。",
        "en": "{column}, total of the {n} rows found: {value}; there may be more rows.",
    },
    ("mean", False): {
        "zh": "已找到的 {n} 行的{column}平均：{value}，可能还有其他行。",
        "en": "{column}, mean of the {n} rows found: {value}; there may be more rows.",
    },
}


def total_of(
    question: str,
    query_terms: QuestionTerms,
    best: Unit,
    passages: Sequence[Passage],
    *,
    whole_tables: Collection[UUID] = (),
) -> RowAnswer | None:
    """None where nothing is to be added up, and where it cannot be: a table says it itself, units differ."""
    wanted = calculation(question)
    if wanted is None or CELL_BORDER not in best.text:
        return None
    table = rows_like(best, passages)
    parts = [row for row in table if not _label_of_totals(row)]
    rows = _named_rows(query_terms, parts)
    said = [row.unit for row in table if calculation(_label_of_totals(row)) == wanted]
    if said and len(rows) == len(parts):
        return RowAnswer(said[:1])
    if len(rows) < 2:
        return None
    column = _added_column(question, query_terms, rows)
    value = added([value_of(row, column) for row in rows], wanted) if column else None
    if column is None or value is None:
        return None
    is_whole = passages[best.passage].document_id in whole_tables
    return _noted(question, rows, column, value, wanted, is_whole=is_whole)


def _label_of_totals(row: Row) -> str:
    """What a row calls itself that holds the total or mean of others; empty for any other row."""
    return next((value for _, value in row.cells if _ROW_OF_TOTALS.fullmatch(value.strip())), "")


def _named_rows(query_terms: QuestionTerms, rows: Sequence[Row]) -> list[Row]:
    """All, or those the question names: by the same columns as the best, and not less than another by these.

    Of "red and blue pumps" both, of "red pumps in hall West" neither other red ones nor others of that hall.
    """
    named = [_named_by(query_terms, row) for row in rows]
    said = [frozenset[str]().union(*columns.values()) for columns in named]
    best = max(range(len(rows)), key=lambda number: query_terms.coverage(said[number]), default=None)
    if best is None or not said[best]:
        return list(rows)
    same = {terms_of for terms_of, columns in zip(said, named, strict=True) if columns.keys() == named[best].keys()}
    most = {terms_of for terms_of in same if not any(terms_of < other for other in same)}
    return [
        row
        for row, terms_of, columns in zip(rows, said, named, strict=True)
        if terms_of in most and columns.keys() == named[best].keys()
    ]


def _named_by(query_terms: QuestionTerms, row: Row) -> dict[str, frozenset[str]]:
    found = {name: frozenset(query_terms.found(terms(value))) for name, value in row.cells}
    return {name: terms_of for name, terms_of in found.items() if terms_of}


def _added_column(question: str, query_terms: QuestionTerms, rows: Sequence[Row]) -> str | None:
    """The column of amounts that the question names or means; a table's own column of totals needs no adding up."""
    columns = [name for name in number_columns(rows) if not _NO_AMOUNT.search(name)]
    named = max(columns, key=lambda name: column_named(query_terms, name), default=None)
    if named and column_named(query_terms, named) > 0:
        return named
    if wants_count(question):
        return None
    for asked, holds in _MEASURES:
        if asked.search(question) and (column := next(filter(holds.search, columns), None)):
            return column
    return columns[0] if len(columns) == 1 else None


def _noted(
    question: str, rows: Sequence[Row], column: str, value: str, wanted: Calculation, *, is_whole: bool
) -> RowAnswer:
    units = [row.unit for row in rows]
    note = _NOTES[wanted, is_whole][text_language(question)].format(column=column, value=value, n=len(rows))
    return RowAnswer(fitting(units, MAX_LIST_CHARS) or units[:1], note)
