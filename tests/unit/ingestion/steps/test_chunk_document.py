"""The batches of a document: complete, in order, and few enough for one execution."""

from __future__ import annotations

import pytest
from voicehelper.errors import RejectedError
from voicehelper.ingestion.events import EmbeddingBatch
from voicehelper.ingestion.steps.chunk_document import (
    BATCH_CHUNKS,
    MAX_BATCHES,
    MAX_CHUNKS,
    embedding_batches,
    require_fitting,
)
from voicehelper.messages.catalogue import codes


def units(count: int) -> list[int]:
    """Bytes of ``BATCH_CHUNKS`` chunks each, all different."""
    return [1000 + number for number in range(-(-count // BATCH_CHUNKS))]


def covers_everything(batches: list[EmbeddingBatch], count: int, size: int) -> bool:
    ends = [(batch.last, batch.last_byte) for batch in batches]
    return [(0, 0), *ends] == [*((batch.first, batch.first_byte) for batch in batches), (count, size)]


@pytest.mark.parametrize(
    "count", [1, 16, 17, 120, MAX_BATCHES * 16, MAX_BATCHES * 16 + 1, 4_000 * 16, 4_000 * 16 - 3, MAX_CHUNKS]
)
def test_every_chunk_and_byte_is_in_one_batch(count: int) -> None:
    sizes = units(count)

    batches = embedding_batches(sizes, count)

    assert covers_everything(batches, count, sum(sizes))
    assert len(batches) <= MAX_BATCHES
    assert all(0 < batch.last - batch.first <= MAX_CHUNKS // MAX_BATCHES for batch in batches)


def test_batches_of_documents_that_fit_stay_as_small_as_they_can_be() -> None:
    batches = embedding_batches(units(9_000), 9_000)

    assert {batch.last - batch.first for batch in batches[:-1]} == {BATCH_CHUNKS}


def test_four_thousand_batches_become_bigger_ones() -> None:
    batches = embedding_batches(units(64_000), 64_000)

    assert (len(batches), {batch.last - batch.first for batch in batches[:-1]}) == (572, {112})


@pytest.mark.parametrize(("count", "reason"), [(0, "no_text"), (MAX_CHUNKS + 1, "too_many_chunks")])
def test_what_one_execution_cannot_index_is_refused_with_a_code_that_has_a_message(count: int, reason: str) -> None:
    with pytest.raises(RejectedError) as refused:
        require_fitting(count)

    assert refused.value.reason == reason
    assert reason in codes("ingestion")


@pytest.mark.parametrize("count", [1, MAX_CHUNKS])
def test_the_shortest_and_the_longest_document_fit(count: int) -> None:
    require_fitting(count)
