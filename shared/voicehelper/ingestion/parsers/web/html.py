"""Web pages: the content without menus, scripts and what the page itself hides. Nothing is fetched.

Entry functions: ``parse`` for a page, called by ``ingestion.parse``; ``html_pieces`` for the HTML in mail and Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    tree = LexborHTMLParser(limit_nesting(text))
    title_tag = tree.css_first("title")
    title = document_title(filename, title_tag.text(deep=True) if title_tag else None)
    blocks = list(blocks_with_paths(_content_pieces(tree, warnings)))
    return build_document(title, blocks, warnings=warnings)


def html_pieces(text: str, warnings: list[str]) -> list[Piece]:
    """The pieces of a fragment, by the same rules as those of a page; adds the same warnings."""
    return list(_content_pieces(LexborHTMLParser(limit_nesting(text)), warnings))


def _decode(content: bytes) -> tuple[str, list[str]]:
    declared = _CHARSET.search(content[:4096])
    return decode(content, declared[1].decode() if declared else "")


def _content_pieces(tree: LexborHTMLParser, warnings: list[str]) -> Iterator[Piece]:
    body = tree.body
    if body is None:
        return
    if remove_hidden_parts(tree):
        warnings.append("hidden_text_left_out")
    if remove_furniture(tree):
        warnings.append("page_furniture_left_out")
    remove_buttons(tree)
    yield from content_pieces(body)
