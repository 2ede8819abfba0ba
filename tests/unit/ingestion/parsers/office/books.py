"""Workbooks made with openpyxl, and what is read from them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument

Worksheet = Any  # of openpyxl, which has no types
Rows = Sequence[Sequence[object]]


def book_bytes(rows: Rows = (), change: Callable[[Worksheet], object] | None = None) -> bytes:
    """One sheet with ``rows``; an empty list is an empty row, None an empty cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, column, value)
    if change:
        change(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(rows: Rows = (), change: Callable[[Worksheet], object] | None = None) -> ParsedDocument:
    return parse_document(book_bytes(rows, change), "book.xlsx")


def lines(rows: Rows = (), change: Callable[[Worksheet], object] | None = None) -> list[str]:
    return [block.text for block in read(rows, change).blocks]
