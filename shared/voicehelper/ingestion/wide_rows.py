"""Divides a table row that is too long for one chunk: every piece names the row and keeps its pairs whole.

Entry functions: ``row_pieces`` for a row and ``cut_position`` for running text, both for ``chunking``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

CountTokens = Callable[[str], int]
_BORDER = " | "  # as parsers write it between the cells of a row
_NAME = re.compile(r"[^:：]{1,80}[:：]\s*")
_LETTER = re.compile(r"[^\W\d_]")
_MAX_KEY_CELLS = 3
_CUT_POINT = re.compile(r"[\s，,、;；|]")


def row_pieces(row: str, max_tokens: int, count_tokens: CountTokens) -> Iterator[str]:
    """The row itself, or pieces of at most ``max_tokens`` that each begin with the cells that identify the row."""
    if count_tokens(row) <= max_tokens:
        yield row
        return
    key_room = max(1, max_tokens // 4)
    cells = row.split(_BORDER)
    key = _key(cells, key_room, count_tokens)
    first, prefix = (len(key), _BORDER.join(key)) if key else (0, _cut_key(cells[0], key_room, count_tokens))
    piece = prefix if key else ""
    for cell in cells[first:]:
        joined = _joined(piece, cell)
        if count_tokens(joined) <= max_tokens:
            piece = joined
            continue
        parts = _cell_pieces(prefix if piece else "", cell, max_tokens, count_tokens)
        if piece and not (piece == prefix and parts[0].startswith(f"{prefix}{_BORDER}")):
            yield piece
        yield from parts[:-1]
        piece = parts[-1]
    if piece:
        yield piece


def _key(cells: list[str], room: int, count_tokens: CountTokens) -> list[str]:
    """The first two cells, a third where neither has a letter: numbers and dates alone identify no row."""
    key: list[str] = []
    for cell in cells[: min(_MAX_KEY_CELLS, len(cells) - 1)]:
        has_letter = any(_LETTER.search(_value(known)) for known in key)
        if (len(key) >= 2 and has_letter) or count_tokens(_BORDER.join([*key, cell])) > room:
            break
        key.append(cell)
    return key


def _value(cell: str) -> str:
    name = _NAME.match(cell)
    return cell[name.end() :] if name else cell


def _cut_key(cell: str, room: int, count_tokens: CountTokens) -> str:
    """The beginning of a first cell that is too long to be repeated whole."""
    return cell[: cut_position(cell, 0, room, count_tokens)].strip()


def _joined(piece: str, cell: str) -> str:
    return f"{piece}{_BORDER}{cell}" if piece else cell


def _cell_pieces(prefix: str, cell: str, max_tokens: int, count_tokens: CountTokens) -> list[str]:
    """The cell behind the row's key; one that is too long even alone is cut, and every part names its column."""
    whole = _joined(prefix, cell)
    if count_tokens(whole) <= max_tokens:
        return [whole]
    name = _NAME.match(cell)
    opening = _joined(prefix, name[0] if name else "")
    room = max_tokens - count_tokens(opening)
    if room < max(1, max_tokens // 4):
        opening, room, name = "", max_tokens, None
    value = cell[name.end() :] if name else cell
    return [f"{opening}{part}" for part in _cut(value, room, count_tokens)] or [""]


def _cut(text: str, max_tokens: int, count_tokens: CountTokens) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = cut_position(text, start, max_tokens, count_tokens)
        yield text[start:end]
        start = end


def cut_position(text: str, start: int, max_tokens: int, count_tokens: CountTokens) -> int:
    """The end of the part that starts at ``start`` and fits, at a space or comma where one is near."""
    # Counting tokens in a window only keeps the time for a line of 5 MB linear.
    end = min(len(text), start + 6 * max_tokens)
    while end - start > 1 and (tokens := count_tokens(text[start:end])) > max_tokens:
        end = start + max(1, min(end - start - 1, (end - start) * max_tokens // tokens))
    if end == len(text):
        return end
    cut_points = [match.end() for match in _CUT_POINT.finditer(text, start + (end - start) * 2 // 3, end)]
    return cut_points[-1] if cut_points else end
