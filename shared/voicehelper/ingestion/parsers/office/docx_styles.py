"""What a Word paragraph is: a heading and its level, a list item and its number, or plain."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, children, value_of

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
_CHINESE = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``level`` 0 is the document's title, None no heading; ``number`` "" is a bullet, None no list."""

    level: int | None
    number: str | None
    is_contents: bool = False


@dataclass(slots=True)
class Styles:
    by_id: dict[str, Element]
    levels: dict[tuple[str, int], Element]  # (list, depth) → how its number is written
    counters: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def of(cls, package: Package, main: str) -> Styles:
        styles, numbering = (
            package.tree(part) if (part := package.related(main, kind)) else None for kind in ("styles", "numbering")
        )
        by_id = (
            {attribute(item, "styleId") or "": item for item in children(styles, "style")} if styles is not None else {}
        )
        return cls(by_id, _list_levels(numbering) if numbering is not None else {})

    def paragraph(self, element: Element) -> Paragraph:
        properties = child(element, "pPr")
        chain = self._chain(value_of(properties, "pStyle"))
        names = [(value_of(style, "name") or "").strip().lower() for style in chain]
        if any(name.startswith(("toc ", "目录")) for name in names[:1]):
            return Paragraph(None, None, is_contents=True)
        level = self._level(properties, chain, names)
        number = self._number([properties, *(child(style, "pPr") for style in chain)])
        return Paragraph(level, number)

    def _chain(self, style_id: str | None) -> list[Element]:
        """The style and those it is based on, nearest first."""
        chain: list[Element] = []
        while style_id in self.by_id and self.by_id[style_id] not in chain:
            chain.append(self.by_id[style_id])
            style_id = value_of(chain[-1], "basedOn")
        return chain

    @staticmethod
    def _level(properties: Element | None, chain: list[Element], names: list[str]) -> int | None:
        own = value_of(properties, "outlineLvl")
        if own is not None:
            return int(own) + 1 if own.isdigit() and int(own) < 9 else None
        for style, name in zip(chain, names, strict=True):
            if found := _HEADING_NAME.search(name):
                return int(found[1])
            if name in _TITLE_NAMES:
                return 0
            outline = value_of(child(style, "pPr"), "outlineLvl")
            if outline is not None:
                return int(outline) + 1 if outline.isdigit() and int(outline) < 9 else None
        return None

    def _number(self, properties: list[Element | None]) -> str | None:
        """The list number as Word would print it; counts, so paragraphs are asked in document order."""
        numbering = next((found for item in properties if (found := child(item, "numPr")) is not None), None)
        list_id = value_of(numbering, "numId") or next(
            (value for item in properties if (value := value_of(child(item, "numPr"), "numId"))), None
        )
        depth = value_of(numbering, "ilvl") or "0"
        if not list_id or list_id == "0" or not depth.isdigit():
            return None
        return self._counted(list_id, int(depth))

    def _counted(self, list_id: str, depth: int) -> str:
        self.counters[list_id, depth] += 1
        for deeper in range(depth + 1, 9):
            self.counters.pop((list_id, deeper), None)
        pattern = value_of(self.levels.get((list_id, depth)), "lvlText") or ""
        return (
            re.sub(r"%(\d)", lambda match: self._written(list_id, int(match[1]) - 1), pattern) if "%" in pattern else ""
        )

    def _written(self, list_id: str, depth: int) -> str:
        level = self.levels.get((list_id, depth))
        start = int(value_of(level, "start") or 1)
        return _numeral(
            max(self.counters.get((list_id, depth), 0), 1) + start - 1, value_of(level, "numFmt") or "decimal"
        )


def _list_levels(numbering: Element) -> dict[tuple[str, int], Element]:
    abstract = {attribute(item, "abstractNumId"): item for item in children(numbering, "abstractNum")}
    found: dict[tuple[str, int], Element] = {}
    for item in children(numbering, "num"):
        levels = abstract.get(value_of(item, "abstractNumId"))
        for level in children(levels, "lvl") if levels is not None else ():
            found[attribute(item, "numId") or "", int(attribute(level, "ilvl") or 0)] = level
    return found


def _numeral(number: int, kind: str) -> str:
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman if kind == "lowerRoman" else roman.upper()
    if kind.startswith(("chinese", "ideograph", "taiwanese", "japanese")):
        return _chinese(number)
    return str(number)


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        written += sign * (number // value)
        number %= value
    return written


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _CHINESE[tens]) + ("十" if tens else "") + (_CHINESE[ones] if ones else "")
