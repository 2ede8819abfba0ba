"""Blocks → chunks: by section and paragraph, never over the maximum, each with the page its text stands on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from voicehelper.index.chunk import Chunk, Place
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.text.tokens import approximate_tokens

CountTokens = Callable[[str], int]
MAX_TOKENS = 400
OVERLAP_TOKENS = 50
_MAX_ROWS_APART = 50  # of a sheet: what stands further apart is not one passage
_SENTENCE = re.compile(r".+?(?:[。！？；…]+[\"”’」』）)]*|[.!?]+[\"”’)\]]*(?=\s)|\n|$)\s*", re.DOTALL)
_CUT = re.compile(r"[\s，,、;；|]")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a sentence, a table row, a line of code, a short paragraph. ``glue`` stands before it."""

    text: str
    tokens: int
    place: Place
    path: tuple[str, ...]
    glue: str = "\n"
    repeats: bool = True  # may be shown again as overlap; a row of a table names its columns and need not


@dataclass(slots=True)
class _Open:
    """The chunk being filled."""

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
    """Chunks in document order (TRB-5).

    A chunk stays within one section and one page, slide or sheet. Where a section continues in another chunk, its
    last sentences of up to ``overlap_tokens`` are repeated there. A heading opens the first chunk of its section.
    """
    units = _with_headings(parsed.blocks, max_tokens, count_tokens)
    filled = _packed(units, max_tokens, overlap_tokens)
    return [_chunk(parsed.title, document_id, number, part) for number, part in enumerate(filled)]


def _chunk(title: str, document_id: UUID, sequence: int, units: list[_Unit]) -> Chunk:
    text = _text(units)
    path = max((unit.path for unit in units), key=len)
    return Chunk(
        chunk_id=uuid5(document_id, f"{sequence}\n{text}"),
        sequence=sequence,
        title=_title(title, path),
        text=text,
        place=_spanned([unit.place for unit in units]),
        heading_path=path,
        token_count=sum(unit.tokens for unit in units),
    )


def _title(title: str, path: tuple[str, ...]) -> str:
    """ "document title - heading path" (KB-8); a first heading that is the title again is not said twice."""
    repeats = path and "".join(path[0].lower().split()) == "".join(title.lower().split())
    return " - ".join((title, *(path[1:] if repeats else path)))


def _text(units: list[_Unit]) -> str:
    return "".join(unit.glue * bool(at) + unit.text for at, unit in enumerate(units)).strip()


def _spanned(places: list[Place]) -> Place:
    """The place of the first unit, its rows widened to those of all."""
    first = [place.first_row for place in places if place.first_row]
    last = [place.last_row for place in places if place.last_row]
    return replace(places[0], first_row=min(first), last_row=max(last)) if first and last else places[0]


def _packed(units: Iterable[_Unit], max_tokens: int, overlap_tokens: int) -> Iterator[list[_Unit]]:
    current = _Open()
    for unit in units:
        moved = current.units and _is_elsewhere(unit, current.units[-1])
        if moved or current.tokens + unit.tokens > max_tokens:
            if current.units:
                yield current.units
            current = _Open() if moved else _overlap(current.units, min(overlap_tokens, max_tokens - unit.tokens))
        current.add(unit)
    if current.units:
        yield current.units


def _is_elsewhere(unit: _Unit, before: _Unit) -> bool:
    apart = (unit.place.first_row or 0) - (before.place.last_row or unit.place.first_row or 0)
    return _section(unit) != _section(before) or apart > _MAX_ROWS_APART


def _section(unit: _Unit) -> tuple[object, ...]:
    return unit.place.page, unit.place.sheet, unit.place.attachment, unit.path


def _overlap(units: list[_Unit], room: int) -> _Open:
    """The last sentences of a chunk, whole ones only and never the whole chunk."""
    kept: list[_Unit] = []
    for unit in reversed(units[1:]):
        for sentence in reversed(_sentences(unit, approximate_tokens) if unit.repeats else []):
            room -= sentence.tokens
            if room < 0:
                return _opened(kept)
            kept.insert(0, sentence)
        if not unit.repeats:
            break
    return _opened(kept)


def _opened(units: list[_Unit]) -> _Open:
    return _Open(units, sum(unit.tokens for unit in units))


def _with_headings(blocks: Iterable[Block], max_tokens: int, count_tokens: CountTokens) -> Iterator[_Unit]:
    """Units in order. Headings wait for the first text below them and take on its section."""
    waiting: list[Block] = []
    for block in blocks:
        if block.kind == "heading":
            waiting.append(block)
            continue
        units = _units(block, max_tokens, count_tokens)
        if waiting and units:
            yield from _headings(waiting, units[0], max_tokens, count_tokens)
            waiting = []
        yield from units
    for block in waiting:
        yield from _units(block, max_tokens, count_tokens)


def _headings(waiting: list[Block], below: _Unit, max_tokens: int, count_tokens: CountTokens) -> Iterator[_Unit]:
    room = max_tokens - below.tokens
    for block in waiting:
        for unit in _units(block, max_tokens, count_tokens):
            room -= unit.tokens
            follows = block.place == replace(below.place, first_row=None, last_row=None) or block.place == below.place
            opens = room >= 0 and follows and below.path[: len(block.heading_path)] == block.heading_path
            yield replace(unit, path=below.path, place=below.place, repeats=False) if opens else unit


def _units(block: Block, max_tokens: int, count_tokens: CountTokens) -> list[_Unit]:
    """A block in pieces that each fit into a chunk."""

    def unit(text: str, *, repeats: bool) -> _Unit:
        return _Unit(text, count_tokens(text), block.place, block.heading_path, repeats=repeats)

    if block.kind in ("table", "code"):
        lines = [unit(line, repeats=False) for line in block.text.split("\n")]
        return [piece for line in lines for piece in _fitting(line, max_tokens, count_tokens)]
    whole = unit(block.text, repeats=True)
    if whole.tokens <= max_tokens:
        return [whole]
    sentences = _sentences(whole, count_tokens)
    return [piece for sentence in sentences for piece in _fitting(sentence, max_tokens, count_tokens)]


def _sentences(unit: _Unit, count_tokens: CountTokens) -> list[_Unit]:
    parts = _SENTENCE.findall(unit.text)
    return [
        replace(unit, text=part, tokens=count_tokens(part), glue="" if at else unit.glue)
        for at, part in enumerate(parts)
    ]


def _fitting(unit: _Unit, max_tokens: int, count_tokens: CountTokens) -> Iterator[_Unit]:
    """A sentence, row or line over the maximum is cut, at a space or comma where one is near."""
    if unit.tokens <= max_tokens:
        yield unit
        return
    at = 0
    while at < len(unit.text):
        end = _cut(unit.text, at, max_tokens, count_tokens)
        text = unit.text[at:end]
        yield replace(unit, text=text, tokens=count_tokens(text), glue="" if at else unit.glue)
        at = end


def _cut(text: str, start: int, max_tokens: int, count_tokens: CountTokens) -> int:
    # Counting only a window keeps a line of 5 MB linear.
    end = min(len(text), start + 6 * max_tokens)
    while end - start > 1 and (tokens := count_tokens(text[start:end])) > max_tokens:
        end = start + max(1, min(end - start - 1, (end - start) * max_tokens // tokens))
    if end == len(text):
        return end
    near = [match.end() for match in _CUT.finditer(text, start + (end - start) * 2 // 3, end)]
    return near[-1] if near else end
