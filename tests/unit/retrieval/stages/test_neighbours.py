from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from voicehelper.index.chunk import Chunk, Place
from voicehelper.index.memory import MemoryIndex, prepare_text
from voicehelper.retrieval.pipeline import Retrieval, retrieve, start
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.neighbours import Neighbours, reading_order
from voicehelper.retrieval.stages.search import HybridSearch
from voicehelper.shapes.document_ref import DocumentRef

TENANT, BASE, DOCUMENT = UUID(int=1), UUID(int=2), UUID(int=3)


def found(*texts: str, query: str, keep: int) -> Retrieval:
    """The chunk at ``keep`` alone was found of those of a document, one a page."""
    index = MemoryIndex(TENANT)
    chunks = [Chunk(uuid4(), n, "Guide", text, Place(page=n + 1), (), 9) for n, text in enumerate(texts)]
    index.replace_text(DocumentRef(TENANT, BASE, DOCUMENT), prepare_text(chunks), {})
    state = retrieve(start(Question(query, [BASE], "en")), [HybridSearch(index, [BASE], by_vector=False)])
    alone = tuple(passage for passage in state.passages if passage.chunk_id == chunks[keep].chunk_id)
    return retrieve(replace(state, passages=alone), [Neighbours(index)])


LEAD = "Guests bring the following:"
ITEMS = "- a passport\n- a helmet"


@pytest.mark.parametrize(
    ("texts", "keep", "pages"),
    [
        ((LEAD, ITEMS, "Guests leave at six."), 0, [1, 2]),
        ((LEAD, ITEMS, "Guests leave at six."), 1, [2, 1, 3]),
        (("Guests apply as follows.", "Fill in the form."), 0, [1, 2]),
        (("guests 须携带如下：", "① 护照\n② 头盔"), 0, [1, 2]),
        (("Table 3: guests, in EUR", "Name: a | Fee: 1", "Name: b | Fee: 2", "Name: guests | Fee: 3"), 3, [4, 1]),
        (("Guests leave at six.", "Guests arrive at nine."), 0, [1]),
        (("Guests leave at six.", "1.5 guests a room."), 1, [2]),
    ],
)
def test_a_chunk_brings_what_it_belongs_to(texts: tuple[str, ...], keep: int, pages: list[int]) -> None:
    state = found(*texts, query="guests passport", keep=keep)

    assert [passage.page for passage in state.passages] == pages
    assert all(passage.score == 0 for passage in state.passages[1:])


def test_nothing_is_read_where_every_passage_is_whole() -> None:
    state = found("Guests leave at six.", query="guests", keep=0)

    assert state.trace.runs[-1].skip_reason


def test_a_model_reads_a_neighbour_beside_its_passage() -> None:
    state = found("Other guests.", LEAD, ITEMS, query="guests", keep=1)
    others = tuple(replace(state.passages[0], chunk_id=uuid4()) for _ in range(3))

    order = reading_order((state.passages[0], *others, *state.passages[1:]), 3)

    assert order == [0, 4, 1, 2]
