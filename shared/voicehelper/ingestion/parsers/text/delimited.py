"""Delimiter-separated values: comma, semicolon, tab or bar, with or without a header row; formulas are text.

Entry function: ``parse``, called by ``ingestion.parse``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import (
    MAX_CHARACTERS,
    build_document,
    document_title,
    limit_characters,
)
from voicehelper.ingestion.parsers.common.tables import clean_rows, has_header, named_row, plain_row
from voicehelper.ingestion.parsers.office.sheet_regions import SheetRow, regions
from voicehelper.ingestion.parsers.office.sheets import sheet_blocks

_DELIMITERS = ",;\t|"
_DECLARED = re.compile(r"(?i)\"?sep=([,;\t|])\"?\r?\n")  # by and for Excel
_SAMPLE_ROWS = 50
_MAX_CELLS = 16_384  # the columns of an Excel sheet; a longer line is no row of a table
_MAX_CELL_CHARACTERS = 100_000


def parse(content: bytes, filename: str) -> ParsedDocument:
    text, warnings = decode(content)
    declared = _DECLARED.match(text)
    text = text[declared.end() :] if declared else text
    rows = list(_rows(text, declared[1] if declared else _delimiter(text), warnings))
    blocks = list(limit_characters(_blocks(rows), warnings))
    return build_document(document_title(filename), blocks, warnings=warnings)


def _delimiter(text: str) -> str:
    """The character that gives the most lines the same number of cells, more than one."""
    lines = [line for line in text[:100_000].splitlines()[:_SAMPLE_ROWS] if line.strip()]
    counts = {sign: [_outside_quotes(line).count(sign) for line in lines] for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: _agreement(counts[sign]))


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _agreement(counts: list[int]) -> tuple[int, int]:
    present = [count for count in counts if count]
    return max((present.count(count) for count in set(present)), default=0), max(present, default=0)


def _rows(text: str, delimiter: str, warnings: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(record number from 1, cells) of the records with text, numbered as the rows of a sheet would be."""
    csv.field_size_limit(MAX_CHARACTERS)
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        if len(row) > _MAX_CELLS or any(len(cell) > _MAX_CELL_CHARACTERS for cell in row):
            warnings.append("long_line")
            row = [cell[:_MAX_CELL_CHARACTERS] for cell in row[:_MAX_CELLS]]
        cells = [one_line(cell) for cell in row]
        if any(cells):
            yield number, cells


def _blocks(rows: list[tuple[int, list[str]]]) -> Iterator[Block]:
    if _is_exported_sheet(rows):
        yield from sheet_blocks(None, (SheetRow(number, row) for number, row in rows), is_bare=True)
        return
    names = rows[0][1] if has_header(clean_rows([row for _, row in rows[:_SAMPLE_ROWS]])) else None
    for number, row in rows[1:] if names else rows:
        text = named_row(names, row) if names else plain_row(row, merges=False)
        yield Block(text, "table", Place(first_row=number, last_row=number))


def _is_exported_sheet(rows: list[tuple[int, list[str]]]) -> bool:
    """Several tables, or one below a title: a sheet somebody saved as text, and no plain list of records."""
    parts = regions(SheetRow(number, row) for number, row in rows)
    has_several = next(parts, None) is not None and next(parts, None) is not None
    filled = [sum(map(bool, row)) for _, row in rows[:_SAMPLE_ROWS]]
    return has_several or (filled[:1] == [1] and max(filled) > 1)
