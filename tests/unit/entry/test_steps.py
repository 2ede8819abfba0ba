"""Pipeline steps: what the state machine, and through it a user, learns of a failure."""

from __future__ import annotations

import pytest
from pydantic import BaseModel
from voicehelper.entry.steps import pipeline_step
from voicehelper.errors import RejectedError


class Event(BaseModel):
    name: str


def test_a_failing_step_keeps_the_class_of_its_error_and_hides_the_reason() -> None:
    @pipeline_step(Event)
    def step(event: Event) -> Event:
        raise RejectedError("corrupt", f"{event.name}: offset 17 of /tmp/secret")

    with pytest.raises(RejectedError) as caught:
        step({"name": "x"}, None)

    assert str(caught.value) == "corrupt"
