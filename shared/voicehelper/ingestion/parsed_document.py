"""What a parser returns, a document as blocks of text with their places, and its serialization as JSON lines.

Parsers build a ``ParsedDocument``; the parser server writes it with ``parsed_lines``, and the chunking step reads it
with ``parsed_from_json``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from voicehelper.index.chunk import Place, json_line, json_values, place_values
from voicehelper.ingestion.layouts import PageLayout

BlockKind = Literal["heading", "paragraph", "list_item", "table", "code", "notes"]


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest parsed unit, in document order.

    ``text`` of a table is one row a line, ``column: value`` pairs joined by " | ", so that a row read
    alone still names its columns. ``heading_path`` runs from the outermost heading inwards, in the
    file's own words.
    """

    text: str
    kind: BlockKind = "paragraph"
    place: Place = field(default_factory=Place)
    heading_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A file's text in reading order, and how much of the file it covers.

    ``warnings`` holds codes of ``messages/ingestion.toml`` for defects that do not prevent indexing; a defect of some
    pages is "code:2, 5". ``layouts`` are kept apart from the text; files without pages have none.
    """

    title: str
    blocks: tuple[Block, ...]
    pages_total: int
    pages_with_text: int
    characters: int
    warnings: tuple[str, ...] = ()
    pages_recognised: tuple[int, ...] = ()
    layouts: tuple[PageLayout, ...] = ()


def coverage(parsed: ParsedDocument) -> dict[str, Any]:
    """How much of the file was read, as the document's database row stores it and its owner sees it."""
    return {
        "pages_total": parsed.pages_total,
        "pages_with_text": parsed.pages_with_text,
        "characters": parsed.characters,
        "pages_recognised": list(parsed.pages_recognised),
        "warnings": list(parsed.warnings),
    }


def parsed_lines(parsed: ParsedDocument) -> Iterator[bytes]:
    """JSON lines: the document first, then one line per block; an iterator, so that no second copy is in memory."""
    yield json_line({"title": parsed.title, **coverage(parsed)})
    for block in parsed.blocks:
        yield json_line(
            {"text": block.text, "kind": block.kind, "place": place_values(block.place), "path": block.heading_path}
        )


def parsed_from_json(content: bytes) -> ParsedDocument:
    """The inverse of ``parsed_lines``."""
    head, *rest = json_values(content)
    blocks = tuple(_block(value) for value in rest)
    lists = {name: tuple(head.get(name, ())) for name in ("warnings", "pages_recognised")}
    return ParsedDocument(**{**head, **lists}, blocks=blocks)


def _block(value: dict[str, Any]) -> Block:
    return Block(
        text=value["text"], kind=value["kind"], place=Place(**value["place"]), heading_path=tuple(value["path"])
    )
