"""A trace as it is drawn: each segment once, whatever order, loss and damage it arrives in."""

from __future__ import annotations

import random
from typing import Any

from voicehelper_cli.trace_tree import lines_of, tree_of


def segment(name: str, parent: str = "", *, at: float = 0.0, took: float | None = 1.0, **more: Any) -> dict[str, Any]:
    timing = {"in_progress": True} if took is None else {"end_time": at + took}
    return {"name": name, "id": name, "trace_id": "1-a", "parent_id": parent, "start_time": at, **timing, **more}


def shape(segments: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(node.level, node.name) for node in tree_of(segments)]


TREE = [
    segment("door", took=4),
    segment("authorize", "door", at=0.1),
    segment("query", "door", at=0.2, took=3),
    segment("classify", "query", at=0.3),
    segment("search", "query", at=0.4),
]


def test_parts_stand_below_what_they_are_parts_of_in_the_order_of_time() -> None:
    for seed in range(5):
        arrived = random.Random(seed).sample(TREE, len(TREE))

        assert shape(arrived) == [(0, "door"), (1, "authorize"), (1, "query"), (2, "classify"), (2, "search")]


def test_what_is_left_of_a_lost_segment_stands_at_the_top() -> None:
    assert shape([TREE[0], *TREE[3:]]) == [(0, "door"), (0, "classify"), (0, "search")]


def test_a_ring_is_drawn_once_and_ends() -> None:
    drawn = shape([segment("a", "b"), segment("b", "a", at=1), segment("own", "own", at=2)])

    assert sorted(name for _, name in drawn) == ["a", "b", "own"]


def test_a_long_chain_is_drawn_without_growing_wider() -> None:
    chain = [segment(str(number), str(number - 1)) for number in range(3_000)]

    assert max(level for level, _ in shape(chain)) <= 40
    assert len(shape(chain)) == 3_000


def test_the_end_completes_what_was_announced_whichever_comes_first() -> None:
    announced, end = segment("work", "start", at=1, took=None), segment("work", "start", at=1, took=5)
    del end["parent_id"]

    for arrived in ([announced, end], [end, announced]):
        [_, node] = tree_of([segment("start"), *arrived])
        assert (node.level, node.took_s) == (1, 5)


def test_segments_inside_another_are_its_parts() -> None:
    inner = {"name": "inner", "id": "inner", "start_time": 1.0, "end_time": 2.0}

    assert shape([segment("outer", subsegments=[inner])]) == [(0, "outer"), (1, "inner")]


def test_lines_say_when_how_long_and_what_failed() -> None:
    failed = segment("call", "door", at=1.25, took=0.5, fault=True, cause={"exceptions": [{"type": "TimeoutError"}]})
    pages = segment("parse", "door", at=2, took=None, metadata={"voicehelper": {"document.pages": 7, "skipped": False}})
    refused = segment("door", took=4, error=True, http={"response": {"status": 404}}, annotations={"service": "x"})

    drawn = [(" ".join(line.split()), style) for line, style in lines_of(tree_of([refused, pages, failed]))]

    assert drawn == [
        ("0.000 4.000 door ! error status=404", "yellow"),
        ("1.250 0.500 call ! fault TimeoutError", "red"),
        ("2.000 … parse document.pages=7", ""),
    ]
