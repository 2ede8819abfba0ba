"""Word styles and numbering: whether a paragraph is a heading, a list item or plain text.

Entry functions: ``Styles.of`` once per document, then ``Styles.paragraph`` for each paragraph; called by ``docx``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, children, number, value_of

# "heading 1", "Überschrift 1", "标题 1", "标题1级", "標題 2": the level is the number in the name.
_HEADING_NAME = re.compile(r"(?i)(?:heading|标题|標題|überschrift|titre|título|제목|見出し)\s*(\d)")
_TITLE_NAMES = frozenset({"title", "标题", "標題", "题目", "subtitle", "副标题"})
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_MAX_BASE_STYLES = 12
_MAX_ROMAN = 3999
_PLACEHOLDER = re.compile(r"%(\d)")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``level`` is 0 for the document's title, None for text; ``number`` is "" for a bullet, None outside lists."""

    level: int | None
    number: str | None
    is_contents: bool = False


@dataclass(slots=True)
class Styles:
    by_id: dict[str, Element]
    levels: dict[tuple[str, int], Element]  # (list id, depth from 0) → the format of its number
    counters: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def of(cls, package: Package, main: str) -> Styles:
        """``main`` is the name of the part that holds the text; missing or damaged styles and numbering are empty."""
        styles, numbering = (package.related_decoration(main, kind) for kind in ("styles", "numbering"))
        by_id = {attribute(item, "styleId") or "": item for item in children(styles, "style")}
        return cls(by_id, _list_levels(numbering))

    def paragraph(self, element: Element) -> Paragraph:
        """Advances list counters, so each paragraph must be asked for once and in document order."""
        properties = child(element, "pPr")
        chain = self._chain(value_of(properties, "pStyle"))
        names = [(value_of(style, "name") or "").strip().lower() for style in chain]
        if any(name.startswith(("toc ", "目录")) for name in names[:1]):
            return Paragraph(None, None, is_contents=True)
        level = self._level(properties, chain, names)
        number = self._number([properties, *(child(style, "pPr") for style in chain)])
        return Paragraph(level, number)

    def _chain(self, style_id: str | None) -> list[Element]:
        """The style and those it is based on, nearest first; styles may be based on each other in a circle."""
        chain: list[Element] = []
        while style_id in self.by_id and len(chain) < _MAX_BASE_STYLES:
            chain.append(self.by_id[style_id])
            style_id = value_of(chain[-1], "basedOn")
        return chain

    @staticmethod
    def _level(properties: Element | None, chain: list[Element], names: list[str]) -> int | None:
        """The paragraph's own outline level, else what the nearest style says by its name or its outline level."""
        own = value_of(properties, "outlineLvl")
        if own is not None:
            return _outline_level(own)
        for style, name in zip(chain, names, strict=True):
            if match := _HEADING_NAME.search(name):
                return int(match[1])
            if name in _TITLE_NAMES:
                return 0
            inherited = value_of(child(style, "pPr"), "outlineLvl")
            if inherited is not None:
                return _outline_level(inherited)
        return None

    def _number(self, properties: list[Element | None]) -> str | None:
        """The list number as Word prints it. ``properties`` are the paragraph's own and its styles', nearest first."""
        lists = [numbering for item in properties if (numbering := child(item, "numPr")) is not None]
        list_id = next((value for item in lists if (value := value_of(item, "numId"))), None)
        depth = number(value_of(lists[0] if lists else None, "ilvl"))
        if not list_id or list_id == "0":
            return None
        self._count(list_id, depth)
        return self._render(list_id, depth)

    def _count(self, list_id: str, depth: int) -> None:
        """An item restarts the numbering of the levels below it."""
        self.counters[list_id, depth] += 1
        for deeper in range(depth + 1, 9):
            self.counters.pop((list_id, deeper), None)

    def _render(self, list_id: str, depth: int) -> str:
        """ "%1.%2" with the current number of each level; empty for a bullet."""
        pattern = value_of(self.levels.get((list_id, depth)), "lvlText") or ""
        if "%" not in pattern:
            return ""
        return _PLACEHOLDER.sub(lambda match: self._current(list_id, int(match[1]) - 1), pattern)

    def _current(self, list_id: str, depth: int) -> str:
        level = self.levels.get((list_id, depth))
        start = number(value_of(level, "start"), 1)
        current = max(self.counters.get((list_id, depth), 0), 1) + start - 1
        return _numeral(current, value_of(level, "numFmt") or "decimal")


def _outline_level(value: str) -> int | None:
    """Word counts outline levels from 0; 9 is body text."""
    level = number(value, 9)
    return level + 1 if level < 9 else None


def _list_levels(numbering: Element | None) -> dict[tuple[str, int], Element]:
    abstract = {attribute(item, "abstractNumId"): item for item in children(numbering, "abstractNum")}
    by_list: dict[tuple[str, int], Element] = {}
    for item in children(numbering, "num"):
        for level in children(abstract.get(value_of(item, "abstractNumId")), "lvl"):
            by_list[attribute(item, "numId") or "", number(attribute(level, "ilvl"))] = level
    return by_list


def _numeral(value: int, number_format: str) -> str:
    """``number_format`` is a value of w:numFmt; unknown ones are decimal."""
    if number_format in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26)
        return letter if number_format == "lowerLetter" else letter.upper()
    if number_format in ("lowerRoman", "upperRoman") and value <= _MAX_ROMAN:
        roman = _roman(value)
        return roman if number_format == "lowerRoman" else roman.upper()
    if number_format.startswith(("chinese", "ideograph", "taiwanese", "japanese")):
        return _chinese(value)
    return str(value)


def _roman(remaining: int) -> str:
    numeral = ""
    for value, sign in _ROMAN:
        numeral += sign * (remaining // value)
        remaining %= value
    return numeral


def _chinese(value: int) -> str:
    if not 0 < value < 100:
        return str(value)
    tens, ones = divmod(value, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
