"""Edits of chunks on their way to another workspace: they hold where the file is cut alike, and twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from voicehelper_cli.api import Api
from voicehelper_cli.base_archive import Changes
from voicehelper_cli.base_changes import apply, changes_of


@dataclass
class Document:
    """The chunks of one document, as the service lists and changes them."""

    chunks: list[dict[str, Any]]
    calls: list[str] = field(default_factory=list)

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        assert path == "/knowledge/documents/doc-1/chunks"
        yield from [dict(chunk) for chunk in self.chunks]

    def call(self, method: str, path: str, json: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(method)
        if method == "POST":
            self.chunks.append(chunk(len(self.chunks), origin="added", **json))
            return self.chunks[-1]
        [changed] = [item for item in self.chunks if item["id"] == path.rpartition("/")[2]]
        changed |= json | ({"origin": "edited"} if "content" in json else {})
        return changed

    @property
    def shown(self) -> list[tuple[Any, ...]]:
        return [(item["title"], item["content"], item["origin"], item["enabled"]) for item in self.chunks]


def chunk(sequence: int, content: str = "", *, title: str = "t", origin: str = "file", enabled: bool = True) -> Any:
    return {
        "id": f"chunk-{sequence}",
        "sequence": sequence,
        "title": title,
        "content": content or f"text {sequence}",
        "origin": origin,
        "enabled": enabled,
    }


def read(*, count: int = 4) -> Document:
    return Document([chunk(number) for number in range(count)])


def put(document: Document, changes: Changes) -> int:
    return apply(cast("Api", document), "doc-1", changes)


def edited() -> Document:
    document = read()
    document.chunks[1] |= {"content": "another text", "origin": "edited"}
    document.chunks[2] |= {"enabled": False}
    document.chunks += [chunk(4, "more", origin="added"), chunk(5, "off", origin="added", enabled=False)]
    return document


def taken(document: Document) -> Changes:
    changes = changes_of(document.chunks)
    assert changes
    return changes


def test_a_document_as_its_file_has_it_has_no_changes() -> None:
    assert changes_of(read().chunks) is None


def test_edits_hold_where_the_file_is_cut_alike_and_twice_is_once() -> None:
    here, there = edited(), read()

    assert put(there, taken(here)) == 0
    assert there.shown == here.shown
    there.calls.clear()
    assert put(there, taken(here)) == 0
    assert (there.shown, there.calls) == (here.shown, [])


@pytest.mark.parametrize("count", [3, 5])
def test_where_the_file_is_cut_in_another_way_nothing_of_it_is_changed_and_chunks_are_added(count: int) -> None:
    there = read(count=count)

    left = put(there, taken(edited()))

    assert left == 2
    assert there.shown[:count] == read(count=count).shown
    assert [text for _, text, *_ in there.shown[count:]] == ["more", "off"]


def test_another_text_of_a_chunk_that_nobody_edited_is_another_cut() -> None:
    there = read()
    there.chunks[3] |= {"content": "moved"}

    assert put(there, taken(edited())) == 2


def test_an_import_that_died_between_two_calls_adds_no_second_chunk() -> None:
    there = read()
    there.chunks.append(chunk(4, "off", origin="added"))  # added, and not disabled yet

    put(there, taken(edited()))

    assert [item["content"] for item in there.chunks if item["origin"] == "added"] == ["off", "more"]
    assert [item["enabled"] for item in there.chunks if item["content"] == "off"] == [False]
