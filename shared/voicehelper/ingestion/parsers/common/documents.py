"""Builds the ``ParsedDocument`` of a file: its title, its non-empty blocks and its limit of characters.

Entry function: ``build_document``, the last call of every parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from voicehelper.ingestion.layouts import PageLayout
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import one_line

MAX_CHARACTERS = 5_000_000  # some 2,500 pages; text beyond is left out with the warning large_text
_MAX_TITLE_CHARACTERS = 200
_GENERIC_NAME = re.compile(
    r"(?i)(index|default|untitled|document|doc|file|download|scan|output|export|新建.*|未命名.*|无标题.*|文档|文件)?[\s\d_()（）-]*"
    r"|[0-9a-f-]{24,}"
)


def build_document(
    title: str,
    blocks: Iterable[Block],
    *,
    pages_total: int = 1,
    pages_with_text: int | None = None,
    warnings: Iterable[str] = (),
    pages_recognised: Iterable[int] = (),
    layouts: Iterable[PageLayout] = (),
) -> ParsedDocument:
    """Drops empty blocks and repeated warnings; a file without pages counts as one page."""
    non_empty = tuple(block for block in blocks if block.text.strip())
    return ParsedDocument(
        title=title,
        blocks=non_empty,
        pages_total=pages_total,
        pages_with_text=(1 if non_empty else 0) if pages_with_text is None else pages_with_text,
        characters=sum(len(block.text) for block in non_empty),
        warnings=tuple(dict.fromkeys(warnings)),
        pages_recognised=tuple(pages_recognised),
        layouts=tuple(layouts),
    )


def document_title(filename: str, embedded: str | None = None) -> str:
    """The file name without its extension; the title inside the file only where the name is generic.

    People know their files by name, and embedded titles are often those of a template.
    """
    stem = one_line(PurePath(filename).stem.replace("_", " "))
    embedded_title = one_line(embedded or "")[:_MAX_TITLE_CHARACTERS]
    if embedded_title and _GENERIC_NAME.fullmatch(stem):
        return embedded_title
    return stem or embedded_title or "document"


def limit_characters(blocks: Iterable[Block], warnings: list[str]) -> Iterator[Block]:
    """Blocks up to MAX_CHARACTERS; adds ``large_text`` to ``warnings`` when the rest is left out."""
    remaining = MAX_CHARACTERS
    for block in blocks:
        remaining -= len(block.text)
        if remaining < 0:
            warnings.append("large_text")
            return
        yield block
