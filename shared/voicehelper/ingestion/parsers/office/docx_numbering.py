"""Automatic numbers of Word lists, as Word prints them.

Entry: ``Numbering.of`` once per document, then ``Numbering.next`` for each numbered paragraph in document order; called
by ``docx_styles``. Rules: ECMA-376-1, 17.9.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from voicehelper.ingestion.parsers.office.numerals import custom_numeral, numeral
from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, children, local, number, value_of

_PLACEHOLDER = re.compile(r"%(\d)")
_MAX_LEVELS = 9
_MAX_LINKS = 4  # from a list to the style that defines it


@dataclass(frozen=True, slots=True)
class _List:
    """An instance of a list definition. ``starts`` are level → number at which the instance begins again."""

    definition: str
    levels: dict[int, Element]
    starts: dict[int, int]


@dataclass(frozen=True, slots=True)
class Number:
    """``text`` is empty for a bullet; ``gap`` is what Word prints between number and paragraph, "" or a space."""

    text: str
    gap: str = " "


@dataclass(slots=True)
class Numbering:
    """Instances of one definition count on from each other, unless they say where to start."""

    lists: dict[str, _List]
    counters: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    started: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, numbering: Element | None, list_of_style: dict[str, str]) -> Numbering:
        """``list_of_style`` is style id → list id, for definitions that are kept in a style."""
        definitions = {attribute(item, "abstractNumId") or "": item for item in children(numbering, "abstractNum")}
        instances = {attribute(item, "numId") or "": item for item in children(numbering, "num")}
        lists = {}
        for list_id, instance in instances.items():
            definition = _definition(instance, definitions, instances, list_of_style)
            lists[list_id] = _instance(definition, instance, definitions.get(definition))
        return cls(lists)

    def level_of_style(self, list_id: str, style_ids: Iterable[str]) -> int:
        """The level that a list links to one of the styles, which come nearest first; 0 without one."""
        levels = self.lists[list_id].levels if list_id in self.lists else {}
        linked = {value_of(level, "pStyle"): depth for depth, level in levels.items()}
        return next((linked[style_id] for style_id in style_ids if style_id in linked), 0)

    def next(self, list_id: str, depth: int) -> Number | None:
        """The number of the next paragraph at this depth, from 0; None where nothing is printed."""
        current = self.lists.get(list_id)
        if current is None or depth not in current.levels:
            return None
        self._count(list_id, current, depth)
        level = current.levels[depth]
        text = self._text(current, depth)
        gap = "" if value_of(level, "suff") == "nothing" else " "
        if value_of(level, "numFmt") == "bullet":
            return Number("") if value_of(level, "lvlText") or child(level, "lvlPicBulletId") is not None else None
        return Number(text, gap) if text else None

    def _count(self, list_id: str, current: _List, depth: int) -> None:
        counters = self.counters[current.definition]
        begins = depth in current.starts and (list_id, depth) not in self.started
        if begins:
            counters[depth] = current.starts[depth]
        else:
            counters[depth] = counters[depth] + 1 if depth in counters else _start(current, depth)
        self.started.add((list_id, depth))
        for deeper in range(depth + 1, _MAX_LEVELS):
            if _restarts(current.levels.get(deeper), depth):
                counters.pop(deeper, None)

    def _text(self, current: _List, depth: int) -> str:
        """ "%1.%2" with the current number of each level."""
        level = current.levels[depth]
        pattern = value_of(level, "lvlText") or ""
        is_legal = _is_on(child(level, "isLgl"))
        return _PLACEHOLDER.sub(
            lambda match: self._numeral(current, int(match[1]) - 1, is_legal=is_legal), pattern
        ).strip()

    def _numeral(self, current: _List, depth: int, *, is_legal: bool) -> str:
        value = self.counters[current.definition].get(depth, _start(current, depth))
        number_format, pattern = _format(current.levels.get(depth))
        if pattern:
            return custom_numeral(value, pattern)
        return numeral(value, "decimal" if is_legal and number_format != "none" else number_format)


def _definition(
    instance: Element, definitions: dict[str, Element], instances: dict[str, Element], list_of_style: dict[str, str]
) -> str:
    """The id of the definition, found through the style that a definition without levels refers to."""
    name = value_of(instance, "abstractNumId") or ""
    for _ in range(_MAX_LINKS):
        linked = instances.get(list_of_style.get(value_of(definitions.get(name), "numStyleLink") or "", ""))
        if linked is None:
            break
        name = value_of(linked, "abstractNumId") or ""
    return name


def _instance(definition: str, instance: Element, levels: Element | None) -> _List:
    by_depth = {number(attribute(level, "ilvl")): level for level in children(levels, "lvl")}
    starts: dict[int, int] = {}
    for override in children(instance, "lvlOverride"):
        depth = number(attribute(override, "ilvl"))
        own, start = child(override, "lvl"), value_of(override, "startOverride")
        if own is not None:
            by_depth[depth] = own
        if start is not None:
            starts[depth] = number(start)
    return _List(definition, by_depth, starts)


def _start(current: _List, depth: int) -> int:
    return current.starts.get(depth, number(value_of(current.levels.get(depth), "start"), 1))


def _restarts(level: Element | None, after: int) -> bool:
    """Whether a paragraph at the depth ``after`` starts the deeper ``level`` again; lvlRestart counts from 1."""
    restart = value_of(level, "lvlRestart")
    return restart is None or after < number(restart)


def _format(level: Element | None) -> tuple[str, str]:
    """(format, pattern of a custom one). Newer formats stand in an alternative that older versions skip."""
    item = child(level, "numFmt")
    if item is None and level is not None:
        item = next((inner for inner in level.iter() if local(inner) == "numFmt"), None)
    name = attribute(item, "val") or "decimal"
    return name, (attribute(item, "format") or "") if name == "custom" else ""


def _is_on(element: Element | None) -> bool:
    return element is not None and attribute(element, "val") not in ("0", "false", "off")
