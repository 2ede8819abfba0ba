"""Splits a parsed document into chunks: by section and paragraph, within a maximum of tokens, with the place of each.

Entry function: ``chunk_document``, called by the chunking step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from voicehelper.index.chunk import Chunk, Place
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.wide_rows import CountTokens, cut_position, row_pieces
from voicehelper.text.leaders import leader_spans
from voicehelper.text.tokens import approximate_tokens

MAX_TOKENS = 400
OVERLAP_TOKENS = 50
_MAX_ROW_DISTANCE = 50  # between neighbouring rows of one chunk
# One character, then text up to an end: possessive, so that a run of full stops is read once and not from each of them.
# Not so the group around them, which never goes back either: Python before 3.11.5 matches possessive groups wrongly
# (https://github.com/python/cpython/issues/106052).
_SENTENCE = re.compile(
    r".(?:[^。！？；….!?\n]++|[.!?]++[\"”’)\]]*+(?!\s))*"
    r"(?:[。！？；…]++[\"”’」』）)]*+|[.!?]++[\"”’)\]]*+(?=\s)|\n|\Z)\s*+",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Unit:
    """Text that is never divided: a sentence, a table row, a line of code or a short paragraph.

    ``separator`` precedes it, except at the start of a chunk. The next chunk may repeat it if ``may_overlap``: table
    rows name their columns and need no context.
    """

    text: str
    tokens: int
    place: Place
    path: tuple[str, ...]
    separator: str = "\n"
    may_overlap: bool = True


@dataclass(slots=True)
class _Draft:
    """A chunk under construction."""

    units: list[_Unit] = field(default_factory=list)
    tokens: int = 0

    def add(self, unit: _Unit) -> None:
        self.units.append(unit)
        self.tokens += unit.tokens


def chunk_document(
    parsed: ParsedDocument,
    document_id: UUID,
    *,
    max_tokens: int = MAX_TOKENS,
    overlap_tokens: int = OVERLAP_TOKENS,
    count_tokens: CountTokens = approximate_tokens,
) -> list[Chunk]:
    """Chunks in document order.

    A chunk stays within one section and one page, slide or sheet. Where a section continues in another chunk, its
    last sentences of up to ``overlap_tokens`` are repeated there. A heading opens the first chunk of its section.
    """
    units = _with_headings(parsed.blocks, max_tokens, count_tokens)
    groups = _pack(units, max_tokens, overlap_tokens)
    return [_chunk(parsed.title, document_id, sequence, group) for sequence, group in enumerate(groups)]


def _chunk(title: str, document_id: UUID, sequence: int, units: list[_Unit]) -> Chunk:
    text = _text(units)
    path = max((unit.path for unit in units), key=len)
    return Chunk(
        chunk_id=uuid5(document_id, f"{sequence}\n{text}"),
        sequence=sequence,
        title=_title(title, path),
        text=text,
        place=_covering_place([unit.place for unit in units]),
        heading_path=path,
        token_count=sum(unit.tokens for unit in units),
    )


def _title(title: str, path: tuple[str, ...]) -> str:
    """ "document title - heading path", without a first heading that repeats the title."""
    repeats_title = path and "".join(path[0].lower().split()) == "".join(title.lower().split())
    return " - ".join((title, *(path[1:] if repeats_title else path)))


def _text(units: list[_Unit]) -> str:
    first, *others = units
    return "".join([first.text, *(f"{unit.separator}{unit.text}" for unit in others)]).strip()


def _covering_place(places: list[Place]) -> Place:
    """The place of the first unit, with the rows of all."""
    first_rows = [place.first_row for place in places if place.first_row]
    last_rows = [place.last_row for place in places if place.last_row]
    if not first_rows or not last_rows:
        return places[0]
    return replace(places[0], first_row=min(first_rows), last_row=max(last_rows))


def _pack(units: Iterable[_Unit], max_tokens: int, overlap_tokens: int) -> Iterator[list[_Unit]]:
    """The units of each chunk. A full chunk is followed by one that overlaps it, a section by an empty one."""
    current = _Draft()
    for unit in units:
        starts_section = current.units and _is_elsewhere(unit, current.units[-1])
        if starts_section or current.tokens + unit.tokens > max_tokens:
            if current.units:
                yield current.units
            current = (
                _Draft() if starts_section else _overlap(current.units, min(overlap_tokens, max_tokens - unit.tokens))
            )
        current.add(unit)
    if current.units:
        yield current.units


def _is_elsewhere(unit: _Unit, before: _Unit) -> bool:
    distance = (unit.place.first_row or 0) - (before.place.last_row or unit.place.first_row or 0)
    return _section(unit) != _section(before) or distance > _MAX_ROW_DISTANCE


def _section(unit: _Unit) -> tuple[object, ...]:
    return unit.place.page, unit.place.sheet, unit.place.attachment, unit.place.recognised, unit.path


def _overlap(units: list[_Unit], room: int) -> _Draft:
    """The start of the next chunk: the last whole sentences of this one that fit, never all of it."""
    repeated: list[_Unit] = []
    for unit in reversed(units[1:]):
        for sentence in reversed(_sentences(unit, approximate_tokens) if unit.may_overlap else []):
            room -= sentence.tokens
            if room < 0:
                return _draft(repeated)
            repeated.insert(0, sentence)
        if not unit.may_overlap:
            break
    return _draft(repeated)


def _draft(units: list[_Unit]) -> _Draft:
    return _Draft(units, sum(unit.tokens for unit in units))


def _with_headings(blocks: Iterable[Block], max_tokens: int, count_tokens: CountTokens) -> Iterator[_Unit]:
    """Units in order. Headings are held back until the first text below them, whose section they join."""
    pending: list[Block] = []
    for block in blocks:
        if block.kind == "heading":
            pending.append(block)
            continue
        units = _units(block, max_tokens, count_tokens)
        if pending and units:
            yield from _headings(pending, units[0], max_tokens, count_tokens)
            pending = []
        yield from units
    for block in pending:
        yield from _units(block, max_tokens, count_tokens)


def _headings(pending: list[Block], below: _Unit, max_tokens: int, count_tokens: CountTokens) -> Iterator[_Unit]:
    room = max_tokens - below.tokens
    for block in pending:
        for unit in _units(block, max_tokens, count_tokens):
            room -= unit.tokens
            is_same_place = block.place in (below.place, replace(below.place, first_row=None, last_row=None))
            is_above = below.path[: len(block.heading_path)] == block.heading_path
            joins = room >= 0 and is_same_place and is_above
            yield replace(unit, path=below.path, place=below.place, may_overlap=False) if joins else unit


def _units(block: Block, max_tokens: int, count_tokens: CountTokens) -> list[_Unit]:
    """A block as units that each fit into a chunk."""

    def unit(text: str, *, may_overlap: bool) -> _Unit:
        return _Unit(text, count_tokens(text), block.place, block.heading_path, may_overlap=may_overlap)

    if block.kind == "table":
        rows = block.text.split("\n")
        return [unit(part, may_overlap=False) for row in rows for part in row_pieces(row, max_tokens, count_tokens)]
    if block.kind == "code":
        lines = [unit(line, may_overlap=False) for line in block.text.split("\n")]
        return [part for line in lines for part in _divide(line, max_tokens, count_tokens)]
    whole = unit(block.text, may_overlap=True)
    if whole.tokens <= max_tokens:
        return [whole]
    sentences = _sentences(whole, count_tokens)
    return [part for sentence in sentences for part in _divide(sentence, max_tokens, count_tokens)]


def _sentences(unit: _Unit, count_tokens: CountTokens) -> list[_Unit]:
    parts = _split_at_stops(unit.text)
    return [
        replace(unit, text=part, tokens=count_tokens(part), separator="" if at else unit.separator)
        for at, part in enumerate(parts)
    ]


def _split_at_stops(text: str) -> list[str]:
    leaders = leader_spans(text)
    if not leaders:
        return _SENTENCE.findall(text)
    parts, start, at = [], 0, 0
    for match in _SENTENCE.finditer(text):
        end = match.start() + len(match[0].rstrip())
        while at < len(leaders) and leaders[at][1] < end:
            at += 1
        if at == len(leaders) or end <= leaders[at][0]:
            parts.append(text[start : match.end()])
            start = match.end()
    return [*parts, text[start:]] if start < len(text) else parts


def _divide(unit: _Unit, max_tokens: int, count_tokens: CountTokens) -> Iterator[_Unit]:
    """The unit itself, or parts of one over the maximum, cut at a space or comma where one is near."""
    if unit.tokens <= max_tokens:
        yield unit
        return
    start = 0
    while start < len(unit.text):
        end = cut_position(unit.text, start, max_tokens, count_tokens)
        text = unit.text[start:end]
        yield replace(unit, text=text, tokens=count_tokens(text), separator="" if start else unit.separator)
        start = end
