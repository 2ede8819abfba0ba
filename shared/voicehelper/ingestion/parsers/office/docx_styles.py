"""Word styles and numbering: whether a paragraph is a heading, a list item or plain text.

Entry functions: ``Styles.of`` once per document, then ``Styles.paragraph`` for each paragraph; called by ``docx``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voicehelper.ingestion.parsers.office.docx_numbering import Number, Numbering
from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, children, number, value_of

# "heading 1", "Überschrift 1", "标题 1", "标题1级", "標題 2": the level is the number in the name.
_HEADING_NAME = re.compile(r"(?i)(?:heading|标题|標題|überschrift|titre|título|제목|見出し)\s*(\d)")
_TITLE_NAMES = frozenset({"title", "标题", "標題", "题目", "subtitle", "副标题"})
_MAX_BASE_STYLES = 12


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``level`` is 0 for the document's title, None for text; ``number`` is None where Word prints none."""

    level: int | None
    number: Number | None
    is_contents: bool = False

    def numbered(self, text: str, *, bullet: str = "-") -> str:
        """The text behind its number; behind ``bullet`` in lists without numbers."""
        if self.number is None:
            return text
        shown = self.number.text or bullet
        return f"{shown}{self.number.gap}{text}" if shown else text


@dataclass(slots=True)
class Styles:
    by_id: dict[str, Element]
    numbering: Numbering

    @classmethod
    def of(cls, package: Package, main: str) -> Styles:
        """``main`` is the name of the part that holds the text; missing or damaged styles and numbering are empty."""
        styles, numbering = (package.related_decoration(main, kind) for kind in ("styles", "numbering"))
        by_id = {attribute(item, "styleId") or "": item for item in children(styles, "style")}
        return cls(by_id, Numbering.of(numbering, _lists_of_styles(by_id)))

    def paragraph(self, element: Element) -> Paragraph:
        """Advances list counters, so each paragraph must be asked for once and in document order."""
        properties = child(element, "pPr")
        chain = self._chain(value_of(properties, "pStyle"))
        names = [(value_of(style, "name") or "").strip().lower() for style in chain]
        if any(name.startswith(("toc ", "目录")) for name in names[:1]):
            return Paragraph(None, None, is_contents=True)
        level = self._level(properties, chain, names)
        number = self._number([properties, *(child(style, "pPr") for style in chain)], chain)
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

    def _number(self, properties: list[Element | None], chain: list[Element]) -> Number | None:
        """``properties`` are the paragraph's own and its styles', nearest first."""
        lists = [numbering for item in properties if (numbering := child(item, "numPr")) is not None]
        list_id = next((value for item in lists if (value := value_of(item, "numId"))), None)
        if not list_id or list_id == "0":
            return None
        depth = next((value for item in lists if (value := value_of(item, "ilvl"))), None)
        if depth is None:
            style_ids = [attribute(style, "styleId") or "" for style in chain]
            return self.numbering.next(list_id, self.numbering.level_of_style(list_id, style_ids))
        return self.numbering.next(list_id, number(depth))


def _outline_level(value: str) -> int | None:
    """Word counts outline levels from 0; 9 is body text."""
    level = number(value, 9)
    return level + 1 if level < 9 else None


def _lists_of_styles(by_id: dict[str, Element]) -> dict[str, str]:
    lists = ((style_id, value_of(child(child(style, "pPr"), "numPr"), "numId")) for style_id, style in by_id.items())
    return {style_id: list_id for style_id, list_id in lists if list_id}
