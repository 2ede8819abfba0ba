"""What documents are about: how each begins.

``overview`` is the entry; ``compose`` is the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from voicehelper.answering.reader.units import Unit, fitting
from voicehelper.index.passage import Passage
from voicehelper.text.sentences import sentences

_DOCUMENTS: Final = 3
_UNITS_OF_ONE: Final = 4
_UNITS_OF_MANY: Final = 2
_MAX_CHARS: Final = 400


def overview(passages: Sequence[Passage]) -> list[Unit]:
    """The title and first sentences of the first documents; ``passages`` come best first, openings before others."""
    first: dict[UUID, int] = {}
    for number, passage in enumerate(passages):
        first.setdefault(passage.document_id, number)
    count = _UNITS_OF_ONE if len(first) == 1 else _UNITS_OF_MANY
    numbers = list(first.values())[:_DOCUMENTS]
    return [unit for number in numbers for unit in _opening(number, passages[number], count)]


def _opening(number: int, passage: Passage, count: int) -> list[Unit]:
    title = passage.title.split(" - ")[0]
    lines = sentences(passage.text)
    texts = lines if lines and lines[0].lower().startswith(title.lower()) else [title, *lines]
    units = [Unit(number, position, text, 1.0, frozenset()) for position, text in enumerate(texts[: count + 1])]
    return fitting(units, _MAX_CHARS) or units[:1]
