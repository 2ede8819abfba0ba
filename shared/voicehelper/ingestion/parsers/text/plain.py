"""Plain text in any encoding; text written as Markdown is read as Markdown.

Entry functions: ``parse``, called by ``ingestion.parse``, and ``text_blocks``, which the mail parser calls with bodies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.common.headings import (
    HeadingPath,
    is_chapter,
    looks_like_heading,
    numbering_depth,
    numbering_level,
)

_MARKDOWN_HEADING = re.compile(r"(?m)^#{1,6} \S")
_MARKDOWN_SAMPLE = 50_000  # characters
_MAX_HEADING_LENGTH = 60
_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n\s*")


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Paragraphs are separated by blank lines. Raises ``no_text`` for bytes that are not text."""
    text, warnings = decode(content)
    if len(_MARKDOWN_HEADING.findall(text[:_MARKDOWN_SAMPLE])) >= 2:
        from voicehelper.ingestion.parsers.text.markdown import markdown_blocks

        return build_document(document_title(filename), list(markdown_blocks(text, warnings)), warnings=warnings)
    return build_document(document_title(filename), text_blocks(text), warnings=warnings)


def text_blocks(text: str) -> Iterator[Block]:
    headings = HeadingPath()
    for paragraph in _PARAGRAPH_BREAK.split(clean_text(text)):
        first, _, rest = paragraph.partition("\n")
        level = _heading_level(first)
        if level:
            headings.enter(level, first)
            yield Block(first, "heading", heading_path=headings.path)
        body = rest if level else paragraph
        if body:
            yield Block(body, heading_path=headings.path)


def _heading_level(line: str) -> int | None:
    """A short numbered line that opens a paragraph; "1." may start a list, so decimal numbers need a depth of two."""
    if not looks_like_heading(line) or len(line) > _MAX_HEADING_LENGTH:
        return None
    level = numbering_level(line)
    if numbering_depth(line) == 1:
        return None
    return level if level or not is_chapter(line) else 1
