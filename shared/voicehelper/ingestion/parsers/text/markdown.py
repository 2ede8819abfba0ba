"""Markdown through markdown-it-py (CommonMark with GitHub's tables and strikethrough).

Entry functions: ``parse``, called by ``ingestion.parse``, and ``markdown_blocks``, which ``plain`` calls for text files
written as Markdown. Raw HTML is read as a web page's, so comments and hidden elements are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.common.headings import Piece, blocks_with_paths
from voicehelper.ingestion.parsers.common.labels import under_items
from voicehelper.ingestion.parsers.common.tables import named_row
from voicehelper.ingestion.parsers.text.front_matter import split_front_matter
from voicehelper.ingestion.parsers.text.markdown_inline import render_inline

MAX_NESTING: Final = 100  # levels of lists and quotes; a list takes two
_MAX_LINES_AT_ONCE = 20_000  # bounds memory: tokens take up to 2 kB per line
_MAX_LINES = 60_000  # of markup; each takes some 0.1 ms
_PARAGRAPH_BREAK = re.compile(r"\n{2,}")
_FENCE = re.compile(r" {0,3}(?:`{3}|~{3})")


def _ends_table(state: StateBlock, line: int, _end_line: int, silent: bool) -> bool:
    """A line without a bar ends a table. By the standard it is one more row, but authors mean a note below it."""
    return silent and state.parentType == "table" and "|" not in state.src[state.bMarks[line] : state.eMarks[line]]


def _parser() -> MarkdownIt:
    """Blocks only: inline markup is parsed by ``markdown_inline``, one block at a time.

    Link definitions stay text: by the standard "[Note]: 24h" is one, and would be lost.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"]).disable(["inline", "reference"])
    # The rules listed under "blockquote" are also those that end tables.
    parser.block.ruler.before("paragraph", "ends_table", _ends_table, {"alt": ["blockquote"]})
    return parser


_PARSER = _parser()


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Raises ``deep_nesting`` for lists or quotes beyond ``MAX_NESTING`` levels, ``no_text`` for bytes without text."""
    text, warnings = decode(content)
    blocks = list(markdown_blocks(text, warnings))
    return build_document(document_title(filename), blocks, warnings=warnings)


def markdown_blocks(text: str, warnings: list[str]) -> Iterator[Block]:
    """Blocks in order, front matter first. List items start with their marker, table rows name their columns.

    Adds to ``warnings`` those of the HTML in it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows, body = split_front_matter(text)
    if rows:
        yield Block("\n".join(rows), "table")
    yield from blocks_with_paths(_pieces(body, warnings))


def _pieces(text: str, warnings: list[str]) -> Iterator[Piece]:
    lines = text.split("\n")
    for part in _parts(lines[:_MAX_LINES]):
        tokens = _PARSER.parse(part)
        if any(token.level >= MAX_NESTING - 1 for token in tokens):
            raise RejectedError("deep_nesting", "lists or quotes in Markdown")
        yield from _token_pieces(tokens, warnings)
    yield from _plain_pieces("\n".join(lines[_MAX_LINES:]))


def _plain_pieces(text: str) -> Iterator[Piece]:
    """What follows ``_MAX_LINES``: its text is kept, its markup is not read."""
    for paragraph in _PARAGRAPH_BREAK.split(clean_text(text)):
        if paragraph:
            yield Piece("paragraph", paragraph)


def _parts(lines: Sequence[str]) -> Iterator[str]:
    """Runs of some ``_MAX_LINES_AT_ONCE`` lines, cut between blocks and never inside a fence.

    A table or list of more than twice as many lines is cut as well: the columns of its last rows have no names.
    """
    start, in_fence = 0, False
    for number, line in enumerate(lines):
        in_fence ^= _FENCE.match(line) is not None
        starts_block = line[:1].strip() and not lines[number - 1].strip()
        max_lines = _MAX_LINES_AT_ONCE if starts_block else 2 * _MAX_LINES_AT_ONCE
        if not in_fence and number - start >= max_lines:
            yield "\n".join(lines[start:number])
            start = number
    yield "\n".join(lines[start:])


@dataclass(slots=True)
class _Item:
    """An open list item, with its marker until its first text follows."""

    marker: str
    text: str = ""


def _token_pieces(tokens: Iterable[Token], warnings: list[str]) -> Iterator[Piece]:
    stream = _merge_html_blocks(tokens)
    items: list[_Item] = []
    for token in stream:
        if token.type == "list_item_open":
            items.append(_Item(f"{token.info}{token.markup} "))
        elif token.type == "list_item_close":
            items.pop()
        elif token.type == "heading_open":
            yield Piece("heading", render_inline(next(stream).content), int(token.tag[1:]))
        elif token.type == "paragraph_open" and (text := render_inline(next(stream).content)):
            yield _text_piece(text, items)
        else:
            yield from _whole_pieces(token, stream, warnings)


def _text_piece(text: str, items: Sequence[_Item]) -> Piece:
    """The first text of a list item stands behind its marker and the items above it."""
    if not items or not items[-1].marker:
        return Piece("paragraph", text)
    marker, items[-1].marker, items[-1].text = items[-1].marker, "", text
    return Piece("list_item", marker + under_items([item.text for item in items[:-1]], text))


def _whole_pieces(token: Token, stream: Iterator[Token], warnings: list[str]) -> Iterator[Piece]:
    """Of a construct without inner blocks; nothing for tokens that only open or close something."""
    if token.type in ("fence", "code_block"):
        yield Piece("code", "\n".join(line.rstrip() for line in token.content.split("\n")).strip("\n"))
    elif token.type == "table_open":
        yield Piece("table", _table(takewhile(lambda inner: inner.type != "table_close", stream)))
    elif token.type == "html_block":
        # Imported here: most Markdown files hold no HTML.
        from voicehelper.ingestion.parsers.web.html import html_pieces

        yield from html_pieces(token.content, warnings)


def _table(tokens: Iterable[Token]) -> str:
    rows: list[list[str]] = [[]]
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(render_inline(token.content))
    names, values = rows[1], rows[2:]
    return "\n".join(filter(None, (named_row(names, row) for row in values))) or " | ".join(names)


def _merge_html_blocks(tokens: Iterable[Token]) -> Iterator[Token]:
    """A blank line inside a table or list written in HTML ends the block; its parts are one fragment again."""
    for is_html, group in groupby(tokens, key=lambda token: token.type == "html_block"):
        if is_html:
            first, *others = group
            yield first.copy(content="".join(token.content for token in (first, *others)))
        else:
            yield from group
