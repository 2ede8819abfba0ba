"""Measures how much of an element's text are links, sentences and controls.

Entry function: ``measure``, called by ``hidden`` and ``furniture``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborNode

from voicehelper.ingestion.parsers.common.cleaning import display_width
from voicehelper.ingestion.parsers.web.walk import walk

_MAX_WIDTH: Final = 20_000  # columns; what comes first tells enough
_LINKING: Final = frozenset({"a", "button", "label", "option"})
_CONTROLS: Final = frozenset({"button", "input", "select", "textarea"})
_CONTENT_SCHEMES: Final = ("tel:", "mailto:")  # numbers and addresses are content, not ways to other pages
_SENTENCE: Final = re.compile(r"[。！？；]|[.!?](\s|\Z)")
_COPYRIGHT: Final = re.compile(
    r"(?i)©|\(c\)|copyright|all rights reserved|版权所有|保留所有权利|ICP\s?备|alle rechte|tous droits"
)
_MIN_PROSE: Final = 20  # columns outside of links
_SPACES: Final = re.compile(r"\s+")


@dataclass(slots=True)
class Measure:
    """Widths in columns. ``unlinked`` leaves out links, controls and copyright notices."""

    width: int = 0
    unlinked: int = 0
    controls: int = 0
    has_stop: bool = False
    has_digit: bool = False
    has_table: bool = False

    @property
    def link_share(self) -> float:
        return 1 - self.unlinked / self.width if self.width else 0.0

    @property
    def is_prose(self) -> bool:
        return self.link_share < 0.5 and ((self.has_stop and self.unlinked >= _MIN_PROSE) or self.has_table)

    def add(self, text: str, *, is_linked: bool) -> None:
        text = _SPACES.sub(" ", text).strip()
        width = display_width(text)
        self.width += width
        if not is_linked and width and not _COPYRIGHT.search(text):
            self.unlinked += width
            self.has_stop |= _SENTENCE.search(text) is not None
            self.has_digit |= any(character.isdigit() for character in text)


def measure(node: LexborNode) -> Measure:
    result = Measure()
    links = 0
    for inner, entering in walk(node):
        tag = inner.tag or ""
        if tag == "-text":
            if entering:
                result.add(inner.text(deep=False) or "", is_linked=links > 0)
        elif _is_link(inner, tag):
            links += 1 if entering else -1
        if entering and tag[0] != "-":
            result.controls += tag in _CONTROLS or inner.attributes.get("role") == "button"
            result.has_table |= tag == "td"
        if result.width > _MAX_WIDTH:
            break
    return result


def _is_link(node: LexborNode, tag: str) -> bool:
    return tag in _LINKING and not (node.attributes.get("href") or "").lower().startswith(_CONTENT_SCHEMES)
