"""Heading paths, and recognising headings by their wording where a format does not mark them.

Entry points: ``HeadingPath`` or ``blocks_with_paths`` keep the path of the block at hand; ``looks_like_heading``,
``numbering_level`` and ``is_chapter`` judge a line. Called by every parser whose format has headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from voicehelper.ingestion.parsed_document import Block, BlockKind
from voicehelper.ingestion.parsers.common.cleaning import display_width

_CHAPTER = re.compile(r"第\s?[一二三四五六七八九十百零〇\d]{1,4}\s?(部分|[章节篇编部卷回讲])")
_ARTICLE = re.compile(r"第\s?[一二三四五六七八九十百零〇\d]{1,4}\s?条")
_CHINESE = re.compile(r"[一二三四五六七八九十]{1,3}\s?[、．.]")
_BRACKETED = re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]")
_NUMBERED = re.compile(r"(\d{1,2}(?:[.．]\d{1,2}){0,5})[.．、]?\s*(?=\D)")
_NAMED = re.compile(r"(?i)(chapter|part|section|appendix|annex|article|item)\s+([\divxlc]+|[A-Z])\b|附录|附件")
UNNUMBERED_LEVEL = 5  # the same as "1."
_SPELLED_CHAPTER = re.compile(r"(?i)(chapter|appendix)\s+\w{1,4}\b|附录\s?\w")
_SENTENCE_END = "。！？；;，,、…：:"
_SENTENCE_MARK = re.compile("[。！？；;]")
_COMMA = re.compile("[，,、]")


class Piece(NamedTuple):
    """A block before its heading path is known; ``level`` is that of a heading, from 1."""

    kind: BlockKind
    text: str
    level: int = 0


def blocks_with_paths(pieces: Iterable[Piece]) -> Iterator[Block]:
    """Blocks in the same order, each under the headings before it."""
    headings = HeadingPath()
    for piece in pieces:
        if piece.kind == "heading":
            headings.enter(piece.level, piece.text)
        yield Block(piece.text, piece.kind, heading_path=headings.path)


class HeadingPath:
    """Levels count from 1; a heading closes every open one of its level or deeper."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, text: str) -> None:
        self._open = [item for item in self._open if item[0] < level]
        if level > 0 and text:
            self._open.append((level, text[:200]))

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._open)


def numbering_level(text: str) -> int | None:
    """The level that a heading's own number implies among headings that look alike; None without a number.

    第3章 → 1, 第2节 → 2, 一、 → 3, （一） → 4, "3." → 5, "3.1" → 6: the order in which Chinese documents nest them.
    """
    for pattern, level in ((_CHAPTER, 1), (_NAMED, 1), (_CHINESE, 3), (_BRACKETED, 4), (_ARTICLE, UNNUMBERED_LEVEL)):
        if match := pattern.match(text):
            return 2 if level == 1 and match[0].endswith("节") else level
    depth = numbering_depth(text)
    return UNNUMBERED_LEVEL - 1 + depth if depth else None


def numbering_depth(text: str) -> int:
    """2 for "3.1 …", 0 for a text without a leading number."""
    numbered = _NUMBERED.match(text)
    return 1 + numbered[1].count(".") + numbered[1].count("．") if numbered else 0


def looks_like_heading(text: str) -> bool:
    """Short and not a sentence. List items pass too: callers need a second sign, such as font or blank lines."""
    width = display_width(text)
    if not 2 <= width <= 100 or text[-1] in _SENTENCE_END or not any(c.isalpha() for c in text):
        return False
    if _SENTENCE_MARK.search(text) or len(_COMMA.findall(text)) > 2:
        return False
    return not (text.endswith(".") and " " in text.rstrip(".")) and " | " not in text


def is_chapter(text: str) -> bool:
    """A heading by its wording alone, whatever its font: "第3章 …", "Appendix B …"."""
    return looks_like_heading(text) and bool(_CHAPTER.match(text) or _SPELLED_CHAPTER.match(text))
