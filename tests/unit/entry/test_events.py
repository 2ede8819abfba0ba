"""Handlers of events that nobody waits for: an exception goes out, because Lambda repeats the call by it."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError
from voicehelper.entry.events import asynchronous_call, event_target


class Due(BaseModel):
    number: int


def test_the_event_of_an_asynchronous_call_is_validated() -> None:
    seen = []

    @asynchronous_call(Due)
    def handle(event: Due) -> None:
        seen.append(event.number)

    handle({"number": 3}, None)
    with pytest.raises(ValidationError):
        handle({"number": "three"}, None)

    assert seen == [3]


def test_a_failure_is_lambda_s_to_repeat() -> None:
    @event_target
    def handle(_: object) -> None:
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError):
        handle({"detail": {}}, None)
