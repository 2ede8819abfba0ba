"""The text of a page's body as pieces: headings, paragraphs, items, code and tables, in the order of the page.

Entry function: ``content_pieces``, called by ``html``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from voicehelper.ingestion.parsers.common.cleaning import clean_text, one_line
from voicehelper.ingestion.parsers.common.headings import Piece
from voicehelper.ingestion.parsers.common.labels import labelled, under_items
from voicehelper.ingestion.parsers.web.grid import is_data, lines
from voicehelper.ingestion.parsers.web.walk import walk

_SPACES: Final = re.compile(r"\s+")
_BLANK_LINE: Final = re.compile(r"\n\s*\n")
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WHOLE: Final = _HEADINGS | {"pre"}
_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html",
    "legend", "li", "main", "menu", "nav", "ol", "p", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
})  # fmt: skip
_LISTS: Final = frozenset({"ul", "ol", "menu", "dir"})
_LABELS: Final = frozenset({"dt", "summary"})  # what stands before the text it belongs to
_ITEMS: Final = frozenset({"li", "dd", "details"})
_MAX_NUMBER: Final = 1_000_000


@dataclass(slots=True)
class _Item:
    """A list item, a definition or an opened part. ``text`` is what it begins with, or the label of a definition."""

    text: str = ""
    marker: str = ""  # until the first text follows
    label: str = ""  # the same


@dataclass(slots=True)
class _Reading:
    """What is open at a place of the page."""

    inline: list[str] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)  # of the next item of each open list; None without
    term: str = ""  # the last one, as long as no other follows
    is_defined: bool = True
    in_label: bool = False

    def pieces(self) -> Iterator[Piece]:
        """Of the text since the last border of a block."""
        text = clean_text("".join(self.inline))
        self.inline.clear()
        for paragraph in _BLANK_LINE.split(text):
            if paragraph.strip():
                yield from self._unusable_labels()
                yield self._piece(paragraph.strip("\n"))

    def _piece(self, text: str) -> Piece:
        item = self.items[-1] if self.items else _Item()
        if not (item.marker or item.label):
            return Piece("paragraph", text)
        above = [other.text for other in self.items[:-1]]
        for other in self.items[:-1]:
            other.label = ""
        if item.marker:
            marker, item.marker, item.text = item.marker, "", one_line(text)
            return Piece("list_item", f"{marker} {under_items(above, text)}")
        text, item.label = labelled(item.label, text), ""
        return Piece("list_item", under_items(above, text))

    def _unusable_labels(self) -> Iterator[Piece]:
        """Labels too long to be repeated in the items below them."""
        for item in self.items[:-1]:
            if item.label and not under_items([item.label], ""):
                yield from _unread(item)

    def pending_labels(self) -> Iterator[Piece]:
        """Labels before a table or heading, which cannot begin with them."""
        for item in self.items:
            yield from _unread(item)

    def enter(self, node: LexborNode, tag: str) -> None:
        if tag in _LISTS:
            self.numbers.append(_start(node) if tag == "ol" else None)
        elif tag == "li":
            self.items.append(_Item(marker=self._marker(node)))
        elif tag == "dd":
            self.items.append(_Item(text=self.term, label=self.term))
            self.is_defined = True
        elif tag == "details":
            self.items.append(_Item())

    def leave(self, tag: str) -> Iterator[Piece]:
        if tag in _LISTS and self.numbers:
            self.numbers.pop()
        elif tag in _ITEMS and self.items:
            yield from _unread(self.items.pop())
        elif tag == "dl":
            if self.term and not self.is_defined:
                yield Piece("paragraph", self.term)
            self.term, self.is_defined = "", True

    def leave_label(self, tag: str) -> None:
        """The text since the label's start becomes the label of what follows."""
        text = one_line(clean_text("".join(self.inline)))
        self.inline.clear()
        self.in_label = False
        if tag == "dt":
            self.term = text if self.is_defined else " / ".join(filter(None, (self.term, text)))
            self.is_defined = not self.term
        elif self.items:
            self.items[-1].text = self.items[-1].label = text
        else:
            self.inline.append(text)

    def _marker(self, node: LexborNode) -> str:
        number = self.numbers[-1] if self.numbers else None
        if number is None:
            return "-"
        value = _number(node, "value")
        number = number if value is None else value
        self.numbers[-1] = number + 1
        return f"{number}."


def content_pieces(root: LexborNode) -> Iterator[Piece]:
    reading = _Reading()
    are_data: dict[int, bool] = {}

    def is_whole(node: LexborNode) -> bool:
        if node.tag != "table":
            return node.tag in _WHOLE
        if node.mem_id not in are_data:
            are_data[node.mem_id] = is_data(node)
        return are_data[node.mem_id]

    for node, entering in walk(root, lambda node: not is_whole(node)):
        tag = node.tag or ""
        if tag == "-text" or tag == "br":
            if entering:
                reading.inline.append("\n" if tag == "br" else _SPACES.sub(" ", node.text(deep=False) or ""))
        elif is_whole(node):
            if entering:
                yield from reading.pieces()
                yield from reading.pending_labels()
                yield from _whole_piece(node)
        elif tag in _LABELS:
            if entering:
                yield from reading.pieces()
                reading.in_label = True
            else:
                reading.leave_label(tag)
        elif tag in _BLOCKS and reading.in_label:
            reading.inline.append(" ")
        elif tag in _BLOCKS:
            yield from reading.pieces()
            if entering:
                reading.enter(node, tag)
            else:
                yield from reading.leave(tag)
    yield from reading.pieces()
    yield from reading.pending_labels()


def _unread(item: _Item) -> Iterator[Piece]:
    if item.label:
        yield Piece("paragraph", item.label)
        item.label = ""


def _whole_piece(node: LexborNode) -> Iterator[Piece]:
    tag = node.tag or ""
    if tag in _HEADINGS:
        text = one_line(node.text(deep=True, separator=""))
        if text:
            yield Piece("heading", text, int(tag[1]))
    elif tag == "pre":
        yield Piece("code", clean_text(node.text(deep=True)))
    else:
        yield Piece("table", "\n".join(lines(node)))


def _start(node: LexborNode) -> int:
    return _number(node, "start") or 1


def _number(node: LexborNode, name: str) -> int | None:
    value = node.attributes.get(name) or ""
    is_number = value.isascii() and value.isdigit() and len(value) <= 6
    return min(int(value), _MAX_NUMBER) if is_number else None
