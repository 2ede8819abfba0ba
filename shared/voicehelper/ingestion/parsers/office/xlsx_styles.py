"""Cell styles of a workbook: how numbers and text are shown, and which cells are bold.

Entry: ``CellStyles``, used by ``xlsx_cells`` for each cell.
"""

from __future__ import annotations

import math

from voicehelper.ingestion.parsers.office.number_formats import BUILT_IN_CODES, formatted, formatted_text, plain_number
from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, children, number

_GENERAL = "General"


class CellStyles:
    def __init__(self, styles: Element | None, *, is_1904: bool = False) -> None:
        """``styles`` is the root of xl/styles.xml; without it every number is plain."""
        self._is_1904 = is_1904
        codes = dict(BUILT_IN_CODES)
        for item in children(child(styles, "numFmts"), "numFmt"):
            codes[number(attribute(item, "numFmtId"))] = attribute(item, "formatCode") or _GENERAL
        bold = [_is_on(child(font, "b")) for font in children(child(styles, "fonts"), "font")]
        formats = list(children(child(styles, "cellXfs"), "xf"))
        self._codes = [codes.get(number(attribute(item, "numFmtId")), _GENERAL) for item in formats]
        self._bold = {at for at, item in enumerate(formats) if _at(bold, number(attribute(item, "fontId")))}

    def number(self, text: str, style: int) -> str:
        """``text`` is the stored value, ``style`` the index of its format; what is no number stays as it is."""
        try:
            value = float(text)
        except ValueError:
            return text
        if not math.isfinite(value):
            return text
        code = self._code(style)
        return plain_number(value) if code == _GENERAL else formatted(value, code, is_1904=self._is_1904)

    def text(self, text: str, style: int) -> str:
        code = self._code(style)
        return formatted_text(text, code) if "@" in code and code != "@" else text

    def is_bold(self, style: int) -> bool:
        return style in self._bold

    def _code(self, style: int) -> str:
        return self._codes[style] if style < len(self._codes) else _GENERAL


def _is_on(element: Element | None) -> bool:
    return element is not None and attribute(element, "val") not in ("0", "false")


def _at(values: list[bool], index: int) -> bool:
    return index < len(values) and values[index]
