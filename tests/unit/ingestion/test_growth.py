"""No parser, and not the chunker, takes more than three times as long for a file of twice the size."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Place
from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import Block, ParsedDocument

from tests.support.growth import LIMIT, growth
from tests.unit.ingestion import growing_files as files

SIZES = {"md": 1500, "html": 1250, "eml": 2500, "txt": 5000, "csv": 2500, "xlsx": 500, "docx": 400, "pdf": 150}
TEXT_KINDS = {"md": files.MARKDOWN, "html": files.HTML, "eml": files.MAIL, "txt": files.TEXT, "csv": files.CSV}
BINARY_KINDS = {"xlsx": files.XLSX, "docx": files.DOCX, "pdf": files.PDF}


def _encoded(make: files.Made) -> Callable[[int], bytes]:
    return lambda size: make(size).encode()


CASES = [
    *((kind, name, _encoded(make)) for kind in TEXT_KINDS for name, make in TEXT_KINDS[kind].items()),
    *((kind, name, make) for kind in BINARY_KINDS for name, make in BINARY_KINDS[kind].items()),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "make"), [pytest.param(*case, id=f"{case[0]}: {case[1]}") for case in CASES])
def test_parsing_grows_with_the_file(kind: str, name: str, make: Callable[[int], bytes]) -> None:
    assert growth(lambda size: _parse(make(size), f"a.{kind}"), SIZES[kind], largest=128 * SIZES[kind]) < LIMIT


def _parse(content: bytes, filename: str) -> Callable[[], object]:
    def parse() -> object:
        try:
            return parse_document(content, filename)
        except RejectedError as error:
            return error

    return parse


def prose(text: str) -> list[Block]:
    return [Block(text)]


CHUNKED: dict[str, Callable[[int], list[Block]]] = {
    "full stops": lambda n: prose("." * n),
    "full stops and quotes": lambda n: prose('.")' * n),
    "spaced stops": lambda n: prose(". " * n),
    "ellipses": lambda n: prose("…" * n),
    "one word": lambda n: prose("a" * n),
    "digits": lambda n: prose("1" * n),
    "symbols": lambda n: prose("-" * n),
    "emoji": lambda n: prose("\U0001f600" * n),
    "spaces": lambda n: prose("a" + " " * n + "b"),
    "commas": lambda n: prose("a," * n),
    "line breaks": lambda n: prose("a\n" * n),
    "short paragraphs": lambda n: [Block("word") for _ in range(n)],
    "headings": lambda n: [Block("word", "heading", heading_path=("word",)) for _ in range(n)],
    "headings over one text": lambda n: [
        *(Block("w", "heading", heading_path=("w",)) for _ in range(n)),
        Block("text"),
    ],
    "rows": lambda n: [Block("a | b", "table", Place(first_row=at, last_row=at)) for at in range(1, n)],
    "a wide row": lambda n: [Block("name: value | " * n, "table")],
    "a long cell": lambda n: [Block("name: " + "value " * n + "| b", "table")],
    "leaders": lambda n: prose("a .... 1 " * n),
    "a long table": lambda n: [Block("a | b\n" * n, "table")],
    "long lines of code": lambda n: [Block("x = 1; " * n, "code")],
    "sections": lambda n: [Block("word", heading_path=(f"s{at}",)) for at in range(n)],
}


@pytest.mark.parametrize("name", CHUNKED)
def test_chunking_grows_with_the_text(name: str) -> None:
    def chunk(size: int) -> Callable[[], object]:
        document = ParsedDocument("Title", tuple(CHUNKED[name](size)), 1, 1, size)
        return lambda: chunk_document(document, UUID(int=1))

    assert growth(chunk, 5000, largest=640_000) < LIMIT
