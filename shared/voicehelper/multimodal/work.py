"""Reads a file page by page, in child processes, and keeps its outcome; ``functions/multimodal/recognise_file.py``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from voicehelper.adapters.content import ContentStore
from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.ingestion import sandbox
from voicehelper.multimodal.invoice import invoice_fields
from voicehelper.multimodal.keys import TaskRef
from voicehelper.multimodal.limits import MAX_FILE_BYTES, MAX_PAGES, READ_WITHIN_S
from voicehelper.multimodal.models import FileToRead, Mode, Outcome, ReadFile, ReadOptions, ReadTable
from voicehelper.observability.logs import logger
from voicehelper.recognition.as_json import page_from_json
from voicehelper.recognition.protocol import Provider
from voicehelper.shapes.recognition import RecognisedPage


def recognise_file(event: FileToRead, *, content: ContentStore, provider: Provider | None) -> None:
    """Nothing where it was done before. ``provider`` is asked before the built-in recogniser, where there is one."""
    ref = TaskRef(event.tenant_id, event.user_id, event.task_id)
    if content.exists(ref.outcome):
        return
    try:
        outcome = Outcome(result=_read(ref, content, provider))
    except RejectedError as error:
        logger().warning("rejected", extra={"reason": error.reason, "explanation": str(error)})
        outcome = Outcome(reason=error.reason)
    content.put(ref.outcome, outcome.model_dump_json().encode(), content_type="application/json")


def _read(ref: TaskRef, content: ContentStore, provider: Provider | None) -> ReadFile:
    options = ReadOptions.model_validate_json(content.get(ref.request))
    with TemporaryDirectory() as folder:
        source = Path(folder, "source")
        content.download(ref.source, source)
        if source.stat().st_size > MAX_FILE_BYTES:
            raise RejectedError("image_too_large", f"{source.stat().st_size} bytes")
        return shown(_pages(source, options, provider), options.mode)


def _pages(source: Path, options: ReadOptions, provider: Provider | None) -> list[RecognisedPage]:
    end = time.monotonic() + READ_WITHIN_S
    count = sandbox.recognise_file(source, source.with_name("none"), {"do": "count"})["pages"]
    if count > MAX_PAGES:
        raise RejectedError("too_many_pages", str(count))
    pages = []
    for number in range(1, count + 1):
        if time.monotonic() > end:
            raise RejectedError("timed_out", f"{number - 1} of {count} pages")
        pages.append(_page(source, number, options, provider))
    return pages


def _page(source: Path, number: int, options: ReadOptions, provider: Provider | None) -> RecognisedPage:
    tables = options.mode != "ocr"
    if provider is None or not provider.reads(options.language):
        return _built_in(source, number, tables=tables)
    picture = source.with_name("picture")
    sandbox.recognise_file(source, picture, {"do": "draw", "page": number})
    try:
        page = provider.recognise(picture.read_bytes(), language=options.language, tables=tables)
    except UpstreamUnavailableError:
        logger().warning("built-in recogniser", extra={"instead_of": provider.name}, exc_info=True)
        return replace(_built_in(source, number, tables=tables), degraded=provider.name)
    return replace(page, number=number)


def _built_in(source: Path, number: int, *, tables: bool) -> RecognisedPage:
    request = {"do": "read", "page": number, "tables": tables}
    return page_from_json(sandbox.recognise_file(source, source.with_name("none"), request)["page"])


def shown(pages: Sequence[RecognisedPage], mode: Mode) -> ReadFile:
    tables = [table for page in pages for table in page.tables] if mode != "ocr" else []
    text = "\n\n".join(page.text for page in pages if page.text) if mode != "table" else ""
    return ReadFile(
        text=text,
        tables=[
            ReadTable(table_id=f"table_{number}", rows=[list(row) for row in table.rows])
            for number, table in enumerate(tables, 1)
        ],
        confidence=confidence(pages),
        fields=invoice_fields(pages) if mode == "ocr_table" else None,
        pages=len(pages),
        degraded=sorted({page.degraded for page in pages if page.degraded}),
    )


def confidence(pages: Sequence[RecognisedPage]) -> float:
    """The mean over all lines, weighted by their length."""
    lines = [line for page in pages for line in page.lines]
    weight = sum(len(line.text) for line in lines)
    return round(sum(line.confidence * len(line.text) for line in lines) / weight, 4) if weight else 0.0
