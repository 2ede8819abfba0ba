"""Entities: the names of a chunk, ready to be looked up by the terms of other texts."""

from __future__ import annotations

from uuid import UUID

import pytest
from voicehelper.index.chunk import Chunk, Place
from voicehelper.index.entities import MAX_ENTITIES, chunk_entities, document_title, mentions
from voicehelper.text.phrases import phrase
from voicehelper.text.tokenization import term_counts


def chunk(title: str, text: str = "", *path: str) -> Chunk:
    return Chunk(UUID(int=1), 0, title, text, Place(), path, 9)


def names(one: Chunk) -> dict[str, bool]:
    return {entity.phrase: entity.is_title for entity in chunk_entities([one])[0]}


def test_titles_are_told_from_headings_and_explained_names() -> None:
    found = names(
        chunk("Tern Manual - Hydraulics - Relief valve", "Otto Brandt checks it.", "Hydraulics", "Relief valve")
    )

    assert found[phrase("Tern Manual")] is True
    assert found[phrase("relief valves")] is False
    assert found[phrase("Otto Brandt")] is False


@pytest.mark.parametrize(
    ("title", "path", "expected"),
    [
        ("Guide - A - B", ("A", "B"), "Guide"),
        ("Guide - B", ("Guide", "B"), "Guide"),
        ("Guide", ("Guide",), "Guide"),
        ("North - South", (), "North - South"),
    ],
)
def test_the_title_of_a_document_is_without_headings(title: str, path: tuple[str, ...], expected: str) -> None:
    assert document_title(chunk(title, "", *path)) == expected


def test_a_text_mentions_a_name_whose_terms_it_has() -> None:
    [entity] = chunk_entities([chunk("启明小组")])[0]

    assert mentions(term_counts("周岚加入了啟明小組"), entity)
    assert not mentions(term_counts("启明和小组"), entity)
    assert entity.key in entity.terms


def test_pronouns_single_letters_and_short_numbers_are_no_entities() -> None:
    assert names(chunk("It", "They were late. 12 is even. 我们的目标。")) == {}


def test_a_chunk_has_a_bounded_number_of_entities() -> None:
    rows = "\n".join(f"Valve V{number}A | {number}" for number in range(200))

    assert len(names(chunk("List", rows))) == MAX_ENTITIES


def test_the_same_chunk_has_the_same_entities() -> None:
    one = chunk("Tern Manual", "Otto Brandt checks it. 周岚的办公室在三楼。")

    assert chunk_entities([one]) == chunk_entities([one])
