"""Pictures inside of office files that may hold text: each once, where it first stands.

``PartPictures`` is the entry, for the parsers of documents and slides, and ``behind_text`` their last step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.common.tables import table_lines
from voicehelper.ingestion.parsers.pdf.scanned import holds_text, is_within
from voicehelper.ingestion.parsers.pdf.scanned_tables import figure_tables
from voicehelper.ingestion.recognised import Pictures, part_reference
from voicehelper.recognition.picture_size import pixel_size
from voicehelper.recognition.protocol import MAX_PIXELS
from voicehelper.shapes.recognition import RecognisedLine, RecognisedPage, RecognisedTable

_SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_OWN_CHARACTERS = 100
_MIN_WIDTH, _MIN_HEIGHT, _MIN_PIXELS = 160, 60, 30_000  # smaller ones are icons, bullets and logos


@dataclass(slots=True)
class PartPictures:
    pictures: Pictures
    _seen: set[str] = field(default_factory=set)

    def blocks(self, name: str, content: bytes, place: Place, path: tuple[str, ...]) -> Iterator[Block]:
        """``content`` are the bytes of the part ``name``; nothing for one that was shown before, or holds no text."""
        if name in self._seen or not may_hold_text(content):
            return
        self._seen.add(name)
        found = self.pictures.find(part_reference(name))
        if found and holds_text(found):
            yield from _blocks(found, replace(place, recognised=found.confidence), path)


def may_hold_text(content: bytes) -> bool:
    """Whether its header is that of a picture large enough for more than a logo."""
    size = pixel_size(content) if content.startswith(_SIGNATURES) else None
    if size is None:
        return False
    width, height = size
    return width >= _MIN_WIDTH and height >= _MIN_HEIGHT and _MIN_PIXELS <= width * height <= MAX_PIXELS


def _blocks(found: RecognisedPage, place: Place, path: tuple[str, ...]) -> Iterator[Block]:
    """The lines outside of tables, a line each, then the tables."""
    tables = figure_tables(found)
    lines = [line for line in found.lines if not any(is_within(line.box, table.box) for table in tables)]
    if lines:
        yield Block(_text(lines) if tables else found.text, place=place, heading_path=path)
    for table in tables:
        yield Block("\n".join(table_lines(_rows(table))), "table", place, path)


def _rows(table: RecognisedTable) -> list[list[str]]:
    return [list(row) for row in table.rows]


def _text(lines: Sequence[RecognisedLine]) -> str:
    return "\n".join(line.text for line in lines)


def without_illustrations(blocks: Sequence[Block]) -> list[Block]:
    """Of a slide that says itself what it is about, a picture's prose illustrates: a page of the paper, a letter. It
    would be found in place of the slide. Tables stay, and so does all text of a slide that has hardly any other.
    """
    own = sum(len(block.text) for block in blocks if block.place.recognised is None)
    if own < _OWN_CHARACTERS:
        return list(blocks)
    return [block for block in blocks if block.place.recognised is None or block.kind == "table"]


def behind_text(blocks: Iterable[Block]) -> Iterator[Block]:
    """What was read from pictures after the other text of its slide or section: a picture between a title and its text
    would make two chunks of them.
    """
    for _, section in groupby(blocks, key=lambda block: (block.place.page, block.heading_path)):
        yield from sorted(section, key=lambda block: block.place.recognised is not None)
