"""OpenDocument spreadsheets (ODS) through calamine.

Entry function: ``parse``, called by ``ingestion.parse``.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator
from typing import Any

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.documents import build_document, document_title, limit_characters
from voicehelper.ingestion.parsers.office.sheet_regions import SheetRow
from voicehelper.ingestion.parsers.office.sheets import sheet_blocks


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Hidden sheets are left out with a warning. Raises password_protected and corrupt."""
    import python_calamine as calamine

    warnings: list[str] = []
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible]
        warnings += ["hidden_sheets"] if len(names) < len(book.sheets_metadata) else []
        blocks = list(limit_characters(_blocks(book, names), warnings))
    except calamine.PasswordError as error:
        raise RejectedError("password_protected") from error
    except calamine.CalamineError as error:
        raise RejectedError("corrupt", str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which is no Exception and cannot be imported
            raise
        raise RejectedError("corrupt", repr(error)) from error
    with_text = len({block.place.sheet for block in blocks})
    return build_document(
        document_title(filename), blocks, pages_total=len(names), pages_with_text=with_text, warnings=warnings
    )


def _blocks(book: Any, names: list[str]) -> Iterator[Block]:
    for name in names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        cells = (SheetRow(number, [_render(cell) for cell in row]) for number, row in enumerate(rows, 1))
        yield from sheet_blocks(name, cells, path=(name,))


def _render(cell: Any) -> str:
    if isinstance(cell, float) and math.isfinite(cell):
        return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == dt.time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell)
