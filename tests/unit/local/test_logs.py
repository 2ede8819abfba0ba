"""Which events of an overlapping window of log lines are new."""

from __future__ import annotations

from collections import Counter
from typing import Any

from infra.local.logs import Key, news


def _event(at: int, message: str = "m") -> dict[str, Any]:
    return {"logStreamName": "s", "timestamp": at, "message": message}


def test_an_event_is_new_once_however_the_window_moves() -> None:
    shown: Counter[Key] = Counter()

    assert news([_event(2), _event(1)], shown) == [_event(1), _event(2)]
    assert news([_event(2), _event(3)], shown) == [_event(3)]
    assert news([_event(3)], shown) == []


def test_equal_lines_of_one_millisecond_are_shown_as_often_as_they_occur() -> None:
    shown: Counter[Key] = Counter()

    assert len(news([_event(1), _event(1)], shown)) == 2
    assert len(news([_event(1), _event(1), _event(1)], shown)) == 1
