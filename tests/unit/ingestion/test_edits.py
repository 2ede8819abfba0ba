"""Edits find their chunks again by the text that the file had."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from voicehelper.index.chunk import Chunk
from voicehelper.ingestion.edits import EditedChunk, apply_edits, text_digest

from tests.support.bases import chunks_of

DOCUMENT = uuid4()
CHUNKS = chunks_of(DOCUMENT, "one", "two", "three")


def edit_of(chunk: Chunk, **changes: object) -> EditedChunk:
    edit = EditedChunk(
        chunk.chunk_id, chunk.sequence, "file", text_digest(chunk.text), chunk.title, chunk.text, None, {}, True
    )
    return replace(edit, **changes)  # type: ignore[arg-type]


def added(content: str, **changes: object) -> EditedChunk:
    edit = EditedChunk(uuid4(), 9, "added", None, "t", content, None, {"heading_path": ["a"], "sheet": "s"}, True)
    return replace(edit, **changes)  # type: ignore[arg-type]


def shown(chunks: object) -> list[tuple[int, str]]:
    return [(chunk.sequence, chunk.text) for chunk in chunks]  # type: ignore[attr-defined]


def test_an_edit_holds_for_the_same_chunk() -> None:
    edit = edit_of(CHUNKS[1], content="zwei", title="b")

    applied = apply_edits(CHUNKS, [edit])

    assert shown(applied.chunks) == [(0, "one"), (1, "zwei"), (2, "three")]
    assert (applied.chunks[1].title, applied.chunks[1].place) == ("b", CHUNKS[1].place)
    assert (applied.sequences, applied.stale) == ({edit.id: 1}, 0)


def test_an_edit_follows_its_text_to_another_place_and_keeps_its_id() -> None:
    edit = edit_of(CHUNKS[1], content="zwei")
    moved = chunks_of(DOCUMENT, "zero", "one", "two")

    applied = apply_edits(moved, [edit])

    assert shown(applied.chunks) == [(0, "zero"), (1, "one"), (2, "zwei")]
    assert applied.chunks[2].chunk_id == edit.id
    assert applied.sequences == {edit.id: 2}


def test_of_equal_texts_each_is_edited_once() -> None:
    same = chunks_of(DOCUMENT, "same", "same", "same")
    first, last = edit_of(same[0], content="a"), edit_of(same[2], enabled=False)

    assert shown(apply_edits(same, [first, last]).chunks) == [(0, "a"), (1, "same")]
    assert shown(apply_edits([same[1], same[2]], [first, last]).chunks) == [(1, "a")]


def test_a_text_that_is_gone_leaves_its_edit_waiting() -> None:
    edit, off = edit_of(CHUNKS[1], content="zwei"), edit_of(CHUNKS[2], enabled=False)
    applied = apply_edits(chunks_of(DOCUMENT, "one", "TWO", "three"), [edit, off])

    assert shown(applied.chunks) == [(0, "one"), (1, "TWO")]
    assert (set(applied.sequences), applied.stale) == ({off.id}, 1)


def test_added_chunks_stand_at_the_end_whatever_the_file_has_become() -> None:
    first, hidden, last = added("a"), added("b", enabled=False), added("c")

    applied = apply_edits(CHUNKS[:1], [first, hidden, last])

    assert shown(applied.chunks) == [(0, "one"), (1, "a"), (3, "c")]
    assert applied.sequences == {first.id: 1, hidden.id: 2, last.id: 3}
    assert (applied.chunks[1].heading_path, applied.chunks[1].place.sheet) == (("a",), "s")


def test_without_edits_nothing_changes() -> None:
    assert apply_edits(CHUNKS, []).chunks == CHUNKS
    assert apply_edits([], [added("a")]).sequences.keys() != {UUID(int=0)}
