"""What is sent is read, waited for and shown; clock, storage and the reader are the test's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from voicehelper.errors import PayloadTooLargeError
from voicehelper.multimodal.keys import TaskRef
from voicehelper.multimodal.limits import MAX_FILE_BYTES, MAX_INLINE_BYTES
from voicehelper.multimodal.models import NewFile, Outcome, ReadAccepted, ReadFile, ReadOptions
from voicehelper.multimodal.rejections import PictureEmptyError, PictureUnreadableError, ReadTaskNotFoundError
from voicehelper.multimodal.service import Reading, SentFile, announce, read, receive, show

from tests.support.fakes import FakeContent

REF = TaskRef(UUID(int=1), UUID(int=2), UUID(int=3))
RESULT = ReadFile(text="合计 5", tables=[], confidence=0.9)
FILE = SentFile(b"picture", ReadOptions(mode="ocr"))


@dataclass
class Machine:
    """A reader that writes ``outcome`` when it is called, or nothing; every sleep takes its time."""

    outcome: Outcome | None = None
    content: FakeContent = field(default_factory=FakeContent)
    calls: list[Mapping[str, Any]] = field(default_factory=list)
    time_s: float = 1000.0

    def read_later(self, event: Mapping[str, Any]) -> None:
        self.calls.append(event)
        if self.outcome:
            self.content.put(REF.outcome, self.outcome.model_dump_json().encode())

    def sleep(self, seconds: float) -> None:
        self.time_s += seconds

    @property
    def tools(self) -> Reading:
        return Reading(self.content, self.read_later, now=lambda: self.time_s, sleep=self.sleep)


def test_what_is_read_in_time_is_the_answer() -> None:
    machine = Machine(Outcome(result=RESULT))

    assert receive(machine.tools, REF, FILE, 24) == RESULT
    assert machine.content.objects[REF.source] == b"picture"
    assert ReadOptions.model_validate_json(machine.content.objects[REF.request]) == FILE.options


def test_what_takes_longer_goes_on_behind_its_status_url() -> None:
    machine = Machine()

    accepted = receive(machine.tools, REF, FILE, 24)

    assert isinstance(accepted, ReadAccepted)
    assert (accepted.status, accepted.status_url) == ("processing", f"/api/v1/multimodal/tasks/task-{REF.task_id}")
    assert machine.time_s == pytest.approx(1024, abs=0.3)


def test_who_prefers_not_to_wait_does_not() -> None:
    machine = Machine()

    assert isinstance(read(machine.tools, REF, FILE, "respond-async, wait=5"), ReadAccepted)
    assert machine.time_s == 1000


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(PictureUnreadableError):
        receive(Machine(Outcome(reason="corrupt")).tools, REF, FILE, 24)


@pytest.mark.parametrize(
    ("body", "kind"), [(b"", PictureEmptyError), (bytes(MAX_INLINE_BYTES + 1), PayloadTooLargeError)], ids=["0", "5 MB"]
)
def test_a_body_out_of_bounds_is_not_stored(body: bytes, kind: type[Exception]) -> None:
    machine = Machine()

    with pytest.raises(kind):
        receive(machine.tools, REF, SentFile(body, ReadOptions()), 24)
    assert machine.content.objects == {}


@pytest.mark.parametrize(("size", "kind"), [(0, PictureEmptyError), (MAX_FILE_BYTES + 1, PayloadTooLargeError)])
def test_an_announced_size_out_of_bounds_gets_no_form(size: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        announce(Machine().tools, REF, NewFile(size_bytes=size))


def test_a_file_that_has_arrived_is_read_once_somebody_looks() -> None:
    machine = Machine(content=FakeContent({REF.request: b"{}"}))
    waiting = show(machine.tools, REF, "en")
    machine.content.put(REF.source, b"arrived")

    states = [show(machine.tools, REF, "en").status for _ in range(3)]

    assert (waiting.status, states, len(machine.calls)) == ("waiting", ["processing"] * 3, 1)


def test_a_reader_that_died_is_replaced() -> None:
    machine = Machine()
    receive(machine.tools, REF, FILE, 0)
    machine.time_s += 1200

    assert show(machine.tools, REF, "en").status == "processing"
    assert len(machine.calls) == 2


def test_what_became_of_a_file_is_shown_in_the_callers_language() -> None:
    machine = Machine(Outcome(reason="animated"))
    receive_later = receive(machine.tools, REF, FILE, 0)

    task = show(machine.tools, REF, "en")

    assert isinstance(receive_later, ReadAccepted)
    assert task.error
    assert (task.status, task.error.code) == ("failed", "PICTURE_ANIMATED")
    assert "still" in task.error.message


def test_an_unknown_task_is_not_found() -> None:
    with pytest.raises(ReadTaskNotFoundError):
        show(Machine().tools, REF, "en")
