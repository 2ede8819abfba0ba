"""What a parser returns and what the chunker makes of it: plain values, JSON in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
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
    alone still names its columns. ``heading_path`` runs from the outermost heading inwards and does
    not repeat the document's title.
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
