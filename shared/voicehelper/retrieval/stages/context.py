"""Stage: read what an answer needs beside the passages found: the whole of a table, or how documents begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.index.passage import Passage
from voicehelper.index.protocol import ChunkIndex
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.asking import calculation, extreme, wants_all, wants_count, wants_overview
from voicehelper.text.sentences import CELL_BORDER

MAX_TABLE_CHUNKS: Final = 300
_TABLE_AMONG: Final = 3  # of the first passages
_OPENINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Context:
    """One statement more, for questions about a whole table or document; what it adds comes last, with score 0."""

    index: ChunkIndex
    name: str = "context"
    optional: bool = True

    def __call__(self, state: Retrieval) -> Retrieval:
        if wants_overview(state.asked):
            return replace(state, passages=self._with_openings(state.passages))
        table = next((passage for passage in state.passages[:_TABLE_AMONG] if CELL_BORDER in passage.text), None)
        if table is None or not asks_for_rows(state.asked):
            return state.skip("the passages are enough")
        rest = self.index.read([table.document_id], sheet=table.place.sheet, limit=MAX_TABLE_CHUNKS + 1)
        whole = frozenset([table.document_id] if len(rest) <= MAX_TABLE_CHUNKS else [])
        return replace(state, passages=_joined(state.passages, rest), whole_tables=whole)

    def _with_openings(self, passages: Sequence[Passage]) -> tuple[Passage, ...]:
        """Openings first: they are the answer."""
        documents = list(dict.fromkeys(passage.document_id for passage in passages))[:_OPENINGS]
        best = {passage.document_id: passage for passage in reversed(passages)}
        openings = self.index.read(documents, limit=1)
        scored = [replace(opening, score=best[opening.document_id].score) for opening in openings]
        return _joined(scored, passages)


def asks_for_rows(question: str) -> bool:
    """Whether the answer depends on every row of a table."""
    if wants_all(question) or wants_count(question):
        return True
    return extreme(question) is not None or calculation(question) is not None


def _joined(first: Sequence[Passage], then: Sequence[Passage]) -> tuple[Passage, ...]:
    known = {passage.chunk_id for passage in first}
    return (*first, *(passage for passage in then if passage.chunk_id not in known))
