"""The path of headings a block stands under, and how a heading looks where nothing marks it."""

from __future__ import annotations

import re

from voicehelper.ingestion.parsers.common.cleaning import display_width

_CHAPTER = re.compile(r"第\s?[一二三四五六七八九十百零〇\d]{1,4}\s?(部分|[章节篇编部卷回讲])")
_ARTICLE = re.compile(r"第\s?[一二三四五六七八九十百零〇\d]{1,4}\s?条")
_CHINESE = re.compile(r"[一二三四五六七八九十]{1,3}\s?[、．.]")
_BRACKETED = re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]")
_NUMBERED = re.compile(r"(\d{1,2}(?:[.．]\d{1,2}){0,5})[.．、]?\s*(?=\D)")
_NAMED = re.compile(r"(?i)(chapter|part|section|appendix|annex|article|item)\s+([\divxlc]+|[A-Z])\b|附录|附件")
UNNUMBERED_LEVEL = 5  # beside "1."
_WRITTEN_CHAPTER = re.compile(r"(?i)(chapter|appendix)\s+\w{1,4}\b|附录\s?\w")
_SENTENCE_END = "。！？；;，,、…：:"
_WITHIN_SENTENCES = re.compile("[。！？；;]")
_COMMA = re.compile("[，,、]")


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
    """The rank a heading's own number gives it, among headings that look alike; None without a number.

    第3章 → 1, 第2节 → 2, 一、 → 3, （一） → 4, "3." → 5, "3.1" → 6: the order in which Chinese papers nest them.
    """
    for pattern, level in ((_CHAPTER, 1), (_NAMED, 1), (_CHINESE, 3), (_BRACKETED, 4), (_ARTICLE, UNNUMBERED_LEVEL)):
        if found := pattern.match(text):
            return 2 if level == 1 and found[0].endswith("节") else level
    depth = numbering_depth(text)
    return UNNUMBERED_LEVEL - 1 + depth if depth else None


def numbering_depth(text: str) -> int:
    """2 for "3.1 …", 0 for a text that begins with no such number."""
    numbered = _NUMBERED.match(text)
    return 1 + numbered[1].count(".") + numbered[1].count("．") if numbered else 0


def looks_like_heading(text: str) -> bool:
    """Short, one line, not a sentence. Says nothing about lists: those need a second sign (font, blank lines)."""
    width = display_width(text)
    if not 2 <= width <= 100 or text[-1] in _SENTENCE_END or not any(c.isalpha() for c in text):
        return False
    if _WITHIN_SENTENCES.search(text) or len(_COMMA.findall(text)) > 2:
        return False
    return not (text.endswith(".") and " " in text.rstrip(".")) and " | " not in text


def is_chapter(text: str) -> bool:
    """A heading by its words alone, whatever its looks: "第3章 …", "Appendix B …"."""
    return looks_like_heading(text) and bool(_CHAPTER.match(text) or _WRITTEN_CHAPTER.match(text))
