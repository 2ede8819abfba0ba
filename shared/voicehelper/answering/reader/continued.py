"""A list that goes on in the next chunk, or began in the one before: items and lead-in, each from its own place.

``continued`` is the entry; ``compose`` is the caller.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from voicehelper.answering.reader.rows import MAX_LIST_CHARS
from voicehelper.answering.reader.units import Unit, body_units, fitting
from voicehelper.index.passage import Passage
from voicehelper.text.sentences import LEADS_ON, LIST_ITEM

_MAX_SENTENCES: Final = 2  # after "as follows:", where no list follows


def continued(selected: Sequence[Unit], passages: Sequence[Passage]) -> list[Unit]:
    """The units, with what stands in a neighbour that was read beside their passage; the same where none was."""
    if not selected:
        return []
    number = selected[0].passage
    own = sorted((unit for unit in selected if unit.passage == number), key=lambda unit: unit.position)
    body = body_units(passages[number], number)
    lead, rest = _lead_in(own[0], body, passages), _rest(own, body, passages)
    return [*lead, *selected, *rest]


def _lead_in(first: Unit, body: Sequence[Unit], passages: Sequence[Passage]) -> list[Unit]:
    """Of a list that the passage begins in the middle of."""
    before = _neighbour(passages, [p.before for p in passages], first.passage)
    above = [unit for unit in body if unit.position <= first.position]
    if before is None or not above or not all(LIST_ITEM.match(unit.text) for unit in above):
        return []
    last = body_units(passages[before], before)[-1:]
    return [unit for unit in last if LEADS_ON.search(unit.text)]


def _rest(own: Sequence[Unit], body: Sequence[Unit], passages: Sequence[Passage]) -> list[Unit]:
    """Of a list that the passage ends in the middle of, or of what its last sentence announces."""
    last = own[-1]
    after = _neighbour(passages, [p.after for p in passages], last.passage)
    is_list = len(own) > 1 and LIST_ITEM.match(last.text) is not None
    if after is None or last.position < body[-1].position or not (is_list or LEADS_ON.search(last.text)):
        return []
    said = {unit.text for unit in own}
    following = [unit for unit in body_units(passages[after], after) if unit.text not in said]
    items = list(itertools.takewhile(lambda unit: LIST_ITEM.match(unit.text), following))
    return fitting(items or ([] if is_list else following[:_MAX_SENTENCES]), MAX_LIST_CHARS)


def _neighbour(passages: Sequence[Passage], beside: Sequence[object], number: int) -> int | None:
    chunk_id = passages[number].chunk_id
    return next((other for other, of in enumerate(beside) if of == chunk_id), None)
