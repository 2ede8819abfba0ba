"""Stage: read the chunk that a found one belongs to: the lead-in of a list, what "as follows:" brings, a table's head.

``Neighbours`` is the stage; ``reading_order`` puts what it brought beside what was found, for a model that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.index.passage import Passage
from voicehelper.index.protocol import Beside, ChunkIndex
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.sentences import CELL_BORDER, LEADS_ON, LIST_ITEM

MAX_PASSAGES: Final = 5  # of the first, whose neighbours are read


@dataclass(frozen=True, slots=True)
class Neighbours:
    """One statement more, where one of the first passages begins or ends in the middle of something.

    What it adds comes last, with score 0: ranks and the decision to answer stay as they were.
    """

    index: ChunkIndex
    name: str = "neighbours"
    optional: bool = True

    def __call__(self, state: Retrieval) -> Retrieval:
        wanted = [beside for passage in state.passages[:MAX_PASSAGES] for beside in wanted_beside(passage)]
        if not wanted:
            return state.skip("the passages are whole")
        brought = {passage.chunk_id: passage for passage in self.index.beside(wanted)}
        found = {passage.chunk_id for passage in state.passages}
        linked = (_linked(passage, brought.get(passage.chunk_id)) for passage in state.passages)
        added = (passage for passage in brought.values() if passage.chunk_id not in found)
        return replace(state, passages=(*linked, *added))


def _linked(passage: Passage, neighbour: Passage | None) -> Passage:
    return replace(passage, after=neighbour.after, before=neighbour.before) if neighbour else passage


def wanted_beside(passage: Passage) -> list[Beside]:
    """What a passage begins and ends in the middle of; at most one on either side."""
    lines = [line.strip() for line in passage.text.split("\n") if line.strip()]
    body = [line for line in lines if line not in passage.heading_path]
    if not body:
        return []
    is_row = CELL_BORDER in body[0]
    begins = passage.place.sheet is None and (is_row or LIST_ITEM.match(body[0]) is not None)
    ends = LEADS_ON.search(body[-1]) is not None or LIST_ITEM.match(body[-1]) is not None
    before = [Beside(passage.chunk_id, -1, is_table=is_row)] if begins else []
    return [*before, *([Beside(passage.chunk_id, 1)] if ends else [])]


def reading_order(passages: Sequence[Passage], limit: int) -> list[int]:
    """Indices of the first ``limit`` passages, each between what stands before and after it in its document."""
    before = {passage.before: number for number, passage in enumerate(passages) if passage.before}
    after = {passage.after: number for number, passage in enumerate(passages) if passage.after}
    order: list[int | None] = []
    for number, passage in enumerate(passages[:limit]):
        order += [before.get(passage.chunk_id), number, after.get(passage.chunk_id)]
    return list(dict.fromkeys(number for number in order if number is not None))
