"""Where a quote stands on its page: ``boxes_of_quote``, called by ``pages``.

A quote is the product's text, a page holds what is printed: words are divided at the ends of lines there, and a row of
a table stands without the names of its columns. Both are compared without spaces, hyphens and differences of width.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from voicehelper.ingestion.layouts import PageLayout
from voicehelper.shapes.recognition import Box

MAX_QUOTE: Final = 4000  # characters
_MAX_PAGE: Final = 60_000  # characters of a page that are compared
_NEAR: Final = 300  # characters between cells of one row
_LEAST_PART: Final = 6  # characters of a quote that is found in parts; twice as many of a script with spaces
_IGNORED: Final = frozenset("-\u2010\u2011\u00ad\ufffe|")
_JOINED_GAP: Final = 0.02  # of the page's width: words this close are one box

Span = tuple[int, int]  # characters of the compared page


@dataclass(frozen=True, slots=True)
class FoundQuote:
    """``boxes`` from top to bottom; ``matched`` is the share of the quote's characters that stand on the page."""

    boxes: list[Box]
    matched: float


def boxes_of_quote(layout: PageLayout, quote: str) -> FoundQuote:
    page = _Page(layout)
    wanted = _compared(quote[:MAX_QUOTE])
    if not wanted:
        return FoundQuote([], 0.0)
    at = page.text.find(wanted)
    if at >= 0:
        return FoundQuote(page.boxes([(at, at + len(wanted))]), 1.0)
    rows = list(_rows(quote))
    spans = _distinct([span for row in rows for span in page.spans_of_row(row)])
    sought = sum(len(cell) for row in rows for cell in row)
    return FoundQuote(page.boxes(spans), min(1.0, sum(end - start for start, end in spans) / max(1, sought)))


def _compared(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if not character.isspace() and character not in _IGNORED)


def _rows(quote: str) -> Iterator[list[str]]:
    """Lines of the quote, each as its cells without the names of their columns, ready for comparison."""
    for line in quote[:MAX_QUOTE].split("\n"):
        cells = line.split(" | ")
        values = [cell.partition(": ")[2] or cell for cell in cells] if len(cells) > 1 else cells
        if row := [cell for cell in map(_compared, values) if cell]:
            yield row


def _distinct(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


class _Page:
    """A page's characters as they are compared, and the place of each."""

    def __init__(self, layout: PageLayout) -> None:
        self._words, self._boxes = layout.words, layout.boxes
        self._owners: list[tuple[int, int]] = []  # word and character in it, of each compared one
        texts = []
        for index, word in enumerate(layout.words):
            parts = [_compared(character) for character in word]
            texts.append("".join(parts))
            self._owners += [(index, at) for at, part in enumerate(parts) for _ in part]
            if len(self._owners) > _MAX_PAGE:
                break
        self.text = "".join(texts)

    def spans_of_row(self, row: list[str]) -> list[Span]:
        """The longest cell decides where the row is; the others stand near it, in their order. Text that is not
        there as a whole is sought in parts.
        """
        anchor = max(row, key=len)
        at = self.text.find(anchor)
        if at < 0 or len(row) == 1:
            return [(at, at + len(anchor))] if at >= 0 else [span for cell in row for span in self._parts(cell)]
        position, spans = row.index(anchor), [(at, at + len(anchor))]
        end = at + len(anchor)
        for cell in row[position + 1 :]:
            if (after := self.text.find(cell, end, end + _NEAR)) >= 0:
                end = after + len(cell)
                spans.append((after, end))
        for cell in reversed(row[:position]):
            if (before := self.text.rfind(cell, max(0, at - _NEAR), at)) >= 0:
                spans.append((before, before + len(cell)))
                at = before
        return spans

    def _parts(self, text: str) -> Iterator[Span]:
        """The longest parts of the text that stand on the page, from its start on."""
        at = 0
        while at < len(text):
            least = at + _LEAST_PART * (1 if _is_wide(text[at]) else 2)
            place = self.text.find(text[at:least]) if least <= len(text) else -1
            if place < 0:
                at += 1
                continue
            length = least - at
            while at + length < len(text) and text[at + length] == self.text[place + length : place + length + 1]:
                length += 1
            yield place, place + length
            at += length

    def boxes(self, spans: Sequence[Span]) -> list[Box]:
        """One for each run of words on a line; of a word that the span cuts, the part in it."""
        found: list[Box] = []
        for start, end in spans:
            for index, owners in groupby(self._owners[start:end], key=lambda owner: owner[0]):
                offsets = [at for _, at in owners]
                _add(found, self._part_of_word(index, offsets[0], offsets[-1] + 1))
        return sorted(found, key=lambda box: (box.y0, box.x0))

    def _part_of_word(self, index: int, start: int, end: int) -> Box:
        """By the widths of characters: a word of Chinese is a whole line."""
        word, box = self._words[index], self._boxes[index]
        widths = [2 if _is_wide(character) else 1 for character in word]
        scale = (box.x1 - box.x0) / sum(widths)
        x0, x1 = box.x0 + scale * sum(widths[:start]), box.x0 + scale * sum(widths[:end])
        return Box(x0, box.y0, x1, box.y1)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")


def _add(boxes: list[Box], box: Box) -> None:
    """Joins the last one if both stand side by side on one line."""
    if boxes:
        last = boxes[-1]
        overlap = min(last.y1, box.y1) - max(last.y0, box.y0)
        is_beside = -_JOINED_GAP <= box.x0 - last.x1 <= _JOINED_GAP
        if is_beside and overlap > 0.5 * min(last.y1 - last.y0, box.y1 - box.y0):
            boxes[-1] = Box(last.x0, min(last.y0, box.y0), box.x1, max(last.y1, box.y1))
            return
    boxes.append(box)
