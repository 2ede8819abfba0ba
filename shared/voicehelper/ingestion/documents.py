"""What a parser returns and what the chunker makes of it: plain values, JSON in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

BlockKind = Literal["heading", "paragraph", "list_item", "table", "code", "notes"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of text stands in its file; every number counts from 1, pages are physical."""

    page: int | None = None  # PDF page or slide number
    sheet: str | None = None  # spreadsheet only
    first_row: int | None = None  # spreadsheet and CSV: row 1 is the first row of the sheet
    last_row: int | None = None
    attachment: str | None = None  # mail only: the attachment's file name


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest parsed unit, in document order.

    ``text`` of a table is one row a line, ``column: value`` pairs joined by " | ", so that a row read
    alone still names its columns. ``heading_path`` runs from the outermost heading inwards, in the
    file's own words.
    """

    text: str
    kind: BlockKind = "paragraph"
    place: Place = Place()
    heading_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A file's text in reading order, with what was seen on the way (KB-10).

    ``warnings`` holds codes of ``messages.DOCUMENT_MESSAGES`` for a document that is indexed all the same.
    """

    title: str
    blocks: tuple[Block, ...]
    pages_total: int
    pages_with_text: int
    characters: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """The retrieval unit. ``title`` is "document title - heading path", ``text`` is what is shown and cited.

    ``chunk_id`` is derived from document id, sequence and text, so a second delivery changes nothing.
    """

    chunk_id: UUID
    sequence: int  # from 0, in document order
    title: str
    text: str
    place: Place
    heading_path: tuple[str, ...]
    token_count: int


def coverage(parsed: ParsedDocument) -> dict[str, Any]:
    """What the document's row keeps of it (KB-10)."""
    return {
        "pages_total": parsed.pages_total,
        "pages_with_text": parsed.pages_with_text,
        "characters": parsed.characters,
        "warnings": list(parsed.warnings),
    }


def parsed_lines(parsed: ParsedDocument) -> Iterator[bytes]:
    """JSON lines: the document first, then one line a block. Written piece by piece, so nothing is held twice."""
    yield _line({"title": parsed.title, **coverage(parsed)})
    for block in parsed.blocks:
        yield _line(
            {"text": block.text, "kind": block.kind, "place": _place_values(block.place), "path": block.heading_path}
        )


def parsed_to_json(parsed: ParsedDocument) -> bytes:
    return b"".join(parsed_lines(parsed))


def parsed_from_json(content: bytes) -> ParsedDocument:
    head, *rest = _values(content)
    blocks = tuple(_block(value) for value in rest)
    return ParsedDocument(**{**head, "warnings": tuple(head["warnings"])}, blocks=blocks)


def chunks_to_json(chunks: Sequence[Chunk]) -> bytes:
    """JSON lines, one a chunk: a run of lines cut at line ends is again a valid file."""
    return b"".join(_line(_chunk_values(chunk)) for chunk in chunks)


def chunks_from_json(content: bytes) -> list[Chunk]:
    return [_chunk(value) for value in _values(content)]


def _block(value: dict[str, Any]) -> Block:
    return Block(
        text=value["text"], kind=value["kind"], place=Place(**value["place"]), heading_path=tuple(value["path"])
    )


def _chunk_values(chunk: Chunk) -> dict[str, Any]:
    return {
        "chunk_id": str(chunk.chunk_id),
        "sequence": chunk.sequence,
        "title": chunk.title,
        "text": chunk.text,
        "place": _place_values(chunk.place),
        "heading_path": chunk.heading_path,
        "token_count": chunk.token_count,
    }


def _chunk(value: dict[str, Any]) -> Chunk:
    known = {**value, "chunk_id": UUID(value["chunk_id"]), "place": Place(**value["place"])}
    return Chunk(**{**known, "heading_path": tuple(value["heading_path"])})


def _place_values(place: Place) -> dict[str, Any]:
    names = ("page", "sheet", "first_row", "last_row", "attachment")
    return {name: value for name in names if (value := getattr(place, name)) is not None}


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # dumps() builds one for each call


def _line(value: dict[str, Any]) -> bytes:
    return _encoded(value).encode() + b"\n"


def _values(content: bytes) -> Iterable[dict[str, Any]]:
    # Not splitlines(): it also cuts at U+2028 and its like, which a JSON string may hold.
    return (json.loads(line) for line in content.split(b"\n") if line)
