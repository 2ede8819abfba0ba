"""``Chunk``, the retrieval unit, with its ``Place`` in the file; and both as JSON lines.

Ingestion makes chunks, the index stores them, and citations show their places.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Place:
    """Location of a text in its file; every number counts from 1, pages are physical."""

    page: int | None = None  # PDF page or slide number
    sheet: str | None = None  # spreadsheet only
    first_row: int | None = None  # spreadsheet and CSV: row 1 is the first row of the sheet
    last_row: int | None = None
    attachment: str | None = None  # mail only: the attachment's file name
    recognised: float | None = None  # 0 … 1, how sure the text is of a picture; None for text that the file holds


@dataclass(frozen=True, slots=True)
class Chunk:
    """The retrieval unit. ``title`` is "document title - heading path", ``text`` is what is shown and cited.

    ``chunk_id`` is derived from document id, sequence and text, so repeating a step changes nothing.
    """

    chunk_id: UUID
    sequence: int  # from 0, in document order
    title: str
    text: str
    place: Place
    heading_path: tuple[str, ...]
    token_count: int


def chunks_to_json(chunks: Sequence[Chunk]) -> bytes:
    """JSON lines, one per chunk: any range of whole lines is a valid file."""
    return b"".join(json_line(_chunk_values(chunk)) for chunk in chunks)


def chunks_from_json(content: bytes) -> list[Chunk]:
    return [_chunk(value) for value in json_values(content)]


def _chunk_values(chunk: Chunk) -> dict[str, Any]:
    return {
        "chunk_id": str(chunk.chunk_id),
        "sequence": chunk.sequence,
        "title": chunk.title,
        "text": chunk.text,
        "place": place_values(chunk.place),
        "heading_path": chunk.heading_path,
        "token_count": chunk.token_count,
    }


def _chunk(value: dict[str, Any]) -> Chunk:
    fields = {**value, "chunk_id": UUID(value["chunk_id"]), "place": Place(**value["place"])}
    return Chunk(**{**fields, "heading_path": tuple(value["heading_path"])})


def place_values(place: Place) -> dict[str, Any]:
    names = ("page", "sheet", "first_row", "last_row", "attachment", "recognised")
    return {name: value for name in names if (value := getattr(place, name)) is not None}


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # dumps() builds one for each call


def json_line(value: dict[str, Any]) -> bytes:
    return _encode(value).encode() + b"\n"


def json_values(content: bytes) -> Iterable[dict[str, Any]]:
    # Not splitlines(): it also splits at U+2028 and similar characters, which JSON strings may contain.
    return (json.loads(line) for line in content.split(b"\n") if line)
