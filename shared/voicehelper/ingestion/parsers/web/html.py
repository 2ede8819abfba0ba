"""Web pages: the content without menus, scripts and what the page itself hides. Nothing is fetched.

Entry functions: ``parse`` for a page, called by ``ingestion.parse``; ``html_pieces`` for the HTML in mail and Markdown.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.common.headings import Piece, blocks_with_paths
from voicehelper.ingestion.parsers.web.content import content_pieces
from voicehelper.ingestion.parsers.web.furniture import remove_furniture
from voicehelper.ingestion.parsers.web.hidden import remove_buttons, remove_hidden_parts
from voicehelper.ingestion.parsers.web.nesting import limit_nesting

_CHARSET = re.compile(rb"(?i)<meta[^<>]+?charset\s{0,20}=\s{0,20}[\"']?([\w-]{1,40})")


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Adds the warnings ``hidden_text_left_out`` and ``page_furniture_left_out`` where they apply."""
    text, warnings = _decode(content)
    page = limit_nesting(text)
    tree = LexborHTMLParser(page)
    title_tag = tree.css_first("title")
    title = document_title(filename, title_tag.text(deep=True) if title_tag else None)
    return build_document(title, blocks_with_paths(_content(tree, page, warnings)), warnings=warnings)


def html_pieces(text: str, warnings: list[str]) -> list[Piece]:
    """The pieces of a fragment, by the same rules as those of a page; adds the same warnings."""
    fragment = limit_nesting(text)
    return _content(LexborHTMLParser(fragment), fragment, warnings)


def _decode(content: bytes) -> tuple[str, list[str]]:
    declared = _CHARSET.search(content[:4096])
    return decode(content, declared[1].decode() if declared else "")


def _content(tree: LexborHTMLParser, page: str, warnings: list[str]) -> list[Piece]:
    """``page`` is what ``tree`` was parsed from."""
    hidden = remove_hidden_parts(tree)
    if hidden.is_missed:
        warnings.append("hidden_text_left_out")
    has_furniture = remove_furniture(tree)
    remove_buttons(tree, hidden.labels)
    pieces = list(content_pieces(tree.body)) if tree.body else []
    if has_furniture and not pieces:
        return _list_of_links(page)
    if has_furniture:
        warnings.append("page_furniture_left_out")
    return pieces


def _list_of_links(page: str) -> list[Piece]:
    """A page of nothing else, whose links are its content."""
    tree = LexborHTMLParser(page)
    remove_buttons(tree, remove_hidden_parts(tree).labels)
    return list(content_pieces(tree.body)) if tree.body else []
