"""Notes and comments on cells, the old kind and the threads of newer versions.

Entry function: ``cell_notes``, called by ``xlsx``.
"""

from __future__ import annotations

import re
from collections import defaultdict

from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.office.cell_rows import CellNotes
from voicehelper.ingestion.parsers.office.formula_syntax import column_index
from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, children
from voicehelper.ingestion.parsers.office.xlsx_cells import rich_text

_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::.*)?")
_MAX_NOTE = 32_767


def cell_notes(package: Package, part: str) -> CellNotes:
    """A thread is stored twice, the second time as a note that asks for a newer version: that one is left out."""
    notes: dict[tuple[int, int], list[str]] = {}
    for kind, name in (("threadedComment", "threadedComment"), ("comments", "comment")):
        found = _notes(package, part, kind, name)
        notes |= {place: texts for place, texts in found.items() if place not in notes}
    by_row: CellNotes = defaultdict(dict)
    for (row, column), texts in sorted(notes.items()):
        by_row[row][column] = " / ".join(texts)[:_MAX_NOTE]
    return by_row


def _notes(package: Package, part: str, kind: str, name: str) -> dict[tuple[int, int], list[str]]:
    notes: dict[tuple[int, int], list[str]] = defaultdict(list)
    for relation, target in package.relations(part).values():
        root = package.decoration(target) if relation == kind else None
        for item in (element for element in root.iter() if element.tag is not None) if root is not None else ():
            place = _PLACE.fullmatch(attribute(item, "ref") or "") if _is_named(item, name) else None
            text = one_line(_note_text(item)) if place else ""
            if place and text:
                notes[int(place[2]), column_index(place[1])].append(text)
    return notes


def _is_named(item: Element, name: str) -> bool:
    return isinstance(item.tag, str) and item.tag.rpartition("}")[2] == name


def _note_text(item: Element) -> str:
    """Excel begins a note with its author's name in a run of its own."""
    text = child(item, "text")
    if text is None:
        return ""
    runs = list(children(text, "r"))
    author = one_line(rich_text(runs[0])) if len(runs) > 1 else ""
    shown = runs[1:] if author.endswith((":", "：")) else runs
    return "".join(map(rich_text, shown)) or rich_text(text) or (text.text or "")
