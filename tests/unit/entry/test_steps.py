"""Pipeline steps: what the state machine, and through it a user, learns of a failure."""

from __future__ import annotations

import contextlib
import json
from uuid import uuid4

import pytest
from pydantic import BaseModel
from voicehelper.adapters.aws_call import AwsCallError
from voicehelper.entry.steps import pipeline_step
from voicehelper.errors import DatabaseError, RejectedError, SupersededError, UpstreamUnavailableError, VoiceHelperError
from voicehelper.observability.segments import hashed

from tests.support.segments import Taken, taken

__all__ = ["taken"]


class Event(BaseModel):
    name: str


def test_a_failing_step_keeps_the_class_of_its_error_and_hides_the_reason() -> None:
    @pipeline_step(Event)
    def step(event: Event) -> Event:
        raise RejectedError("corrupt", f"{event.name}: offset 17 of /tmp/secret")

    with pytest.raises(RejectedError) as caught:
        step({"name": "x"}, None)

    assert str(caught.value) == "corrupt"


class OvertakenError(SupersededError):
    """A subclass that somebody may add one day."""


@pytest.mark.parametrize(
    ("error", "family"),
    [
        (AwsCallError("SendMessage", 500, "InternalError"), UpstreamUnavailableError),
        (DatabaseError("OperationalError"), UpstreamUnavailableError),
        (OvertakenError(), SupersededError),
    ],
)
def test_a_step_lets_only_the_family_of_an_error_out(error: VoiceHelperError, family: type[VoiceHelperError]) -> None:
    @pipeline_step(Event)
    def step(event: Event) -> Event:
        raise error

    with pytest.raises(VoiceHelperError) as caught:
        step({"name": "x"}, None)

    assert type(caught.value) is family


def test_an_event_that_a_step_cannot_read_names_its_type() -> None:
    @pipeline_step(Event)
    def step(event: Event) -> Event:
        return event

    with pytest.raises(VoiceHelperError, match="no Event"):
        step({}, None)


def test_a_step_is_a_span_with_what_it_is_about(taken: Taken) -> None:
    @pipeline_step(Event, span="vectorize")
    def step(event: Event) -> Event:
        raise UpstreamUnavailableError(f"the provider refused {event.name}")

    document = uuid4()
    with contextlib.suppress(UpstreamUnavailableError):
        step({"name": "Payroll", "document_id": f"{document}", "kb_id": "x", "tenant_id": "secret"}, None)

    [sent] = taken.segments()
    assert (sent["name"], sent["fault"]) == ("vectorize", True)
    assert sent["annotations"]["document"] == str(document)
    assert sent["annotations"]["tenant"] == hashed("secret")
    assert not any(word in json.dumps(sent) for word in ("Payroll", "secret"))
