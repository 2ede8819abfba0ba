"""What is told, when and how often, whatever is delivered twice, late, out of order or to a process that dies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.operations.alarms.changes import AlarmsCalled
from voicehelper.operations.alarms.grouping import Alarm, Group, Times, notice
from voicehelper.operations.alarms.routing import Router, route

from tests.support.alarm_board import MemoryBoard, delivered, published

TIMES = Times(wait_ms=30_000, interval_ms=300_000, repeat_ms=12 * 3_600_000)
START = 1_700_000_000.0
CLOCK: dict[str, Any] = {}


class KilledError(Exception):
    """The process ends here."""


@dataclass
class Desk:
    """The function around a board, with a clock of its own. ``fails`` and ``dies`` are used up by a notice each."""

    board: MemoryBoard = field(default_factory=MemoryBoard)
    now: float = START
    told: list[tuple[float, str]] = field(default_factory=list)
    fails: list[bool] = field(default_factory=list)
    dies: list[bool] = field(default_factory=list)
    left_s: float = 900
    while_waiting: list[tuple[str, str]] = field(default_factory=list)  # delivered to another call meanwhile

    def call(self, event: dict[str, Any], at: float | None = None) -> None:
        self.now = max(self.now, at or 0.0)
        began = self.now
        router = Router(
            self.board,
            self.tell,
            TIMES,
            now_ms=lambda: round(self.now * 1000),
            sleep=self.sleep,
            left_s=lambda: self.left_s - (self.now - began),
        )
        route(AlarmsCalled.model_validate(event), router)

    def sleep(self, seconds: float) -> None:
        arrived, self.while_waiting = self.while_waiting, []
        for message, name in arrived:
            self.call(delivered(message, message_id=name))
        self.now += seconds

    def tell(self, _: Group, alarms: list[Alarm]) -> None:
        if self.fails and self.fails.pop(0):
            raise UpstreamUnavailableError("away")
        if self.dies and self.dies.pop(0):
            raise KilledError
        self.told.append((self.now - START, notice(alarms, "docs/operations.md")))

    @property
    def statuses(self) -> list[tuple[float, list[str]]]:
        return [(at, [line for line in text.splitlines() if line.startswith("[")]) for at, text in self.told]


def firing(kind: str, after: float = 0, **more: Any) -> str:
    return published(kind, START + after, **more)


def resolved(kind: str, after: float, **more: Any) -> str:
    return published(kind, START + after, state="OK", **more)


def test_a_notice_says_what_fires_since_when_how_bad_it_is_and_where_to_read_on() -> None:
    desk = Desk()

    desk.call(delivered(firing("ErrorRate")))

    assert desk.told == [
        (
            30.0,
            "[FIRING] ErrorRate is bad.\nLook at it.\n"
            "Value 12.5, threshold > 5; voicehelper-dev ErrorRate, since 2023-11-14 22:13 UTC\n"
            "docs/operations.md#errorrate",
        )
    ]


def test_alarms_that_fire_together_are_one_notice_and_take_one_waiting_call() -> None:
    desk = Desk(while_waiting=[(firing("SlowAnswers", 3), "m-2")])

    desk.call(delivered(firing("ErrorRate")))

    assert desk.statuses == [(30.0, ["[FIRING] ErrorRate is bad.", "[FIRING] SlowAnswers is bad."])]


def test_severities_are_told_apart() -> None:
    desk = Desk()

    desk.call(delivered(firing("ServiceDown", severity="critical"), firing("ErrorRate")))

    assert [statuses for _, statuses in desk.statuses] == [
        ["[FIRING] ServiceDown is bad."],
        ["[FIRING] ErrorRate is bad."],
    ]


def test_the_end_is_told_five_minutes_after_the_last_notice_at_the_earliest() -> None:
    desk = Desk()
    desk.call(delivered(firing("ErrorRate")))

    desk.call(delivered(resolved("ErrorRate", 60)), at=START + 60)

    assert desk.statuses[1:] == [(330.0, ["[RESOLVED] ErrorRate is bad."])]


def test_the_end_long_after_is_told_after_half_a_minute() -> None:
    desk = Desk()
    desk.call(delivered(firing("ErrorRate")))

    desk.call(delivered(resolved("ErrorRate", 4000)), at=START + 4000)

    assert desk.statuses[1:] == [(4030.0, ["[RESOLVED] ErrorRate is bad."])]


def test_an_alarm_that_ended_before_it_was_told_is_not_told() -> None:
    desk = Desk(while_waiting=[(resolved("ErrorRate", 10), "m-2")])

    desk.call(delivered(firing("ErrorRate")))

    assert desk.told == []


def test_a_delivery_that_comes_twice_changes_nothing() -> None:
    desk = Desk()

    for _ in range(3):
        desk.call(delivered(firing("ErrorRate")))

    assert len(desk.told) == 1


def test_an_older_state_that_comes_late_changes_nothing() -> None:
    desk = Desk()
    desk.call(delivered(resolved("ErrorRate", 100)), at=START + 100)

    desk.call(delivered(firing("ErrorRate", 50)), at=START + 110)

    assert desk.told == []


def test_what_still_fires_is_told_again_after_twelve_hours_and_not_before() -> None:
    desk = Desk()
    desk.call(delivered(firing("ErrorRate")))

    for hour in range(1, 26):
        desk.call(CLOCK, at=START + hour * 3600)

    assert [at for at, _ in desk.statuses] == [30.0, 13 * 3600.0, 25 * 3600.0]


def test_what_has_ended_is_not_repeated() -> None:
    desk = Desk()
    desk.call(delivered(firing("ErrorRate")))
    desk.call(delivered(resolved("ErrorRate", 4000)), at=START + 4000)

    for hour in range(2, 30):
        desk.call(CLOCK, at=START + hour * 3600)

    assert len(desk.told) == 2


def test_a_receiver_that_is_away_is_asked_again() -> None:
    desk = Desk(fails=[True])
    with pytest.raises(UpstreamUnavailableError):
        desk.call(delivered(firing("ErrorRate")))

    desk.call(delivered(firing("ErrorRate")), at=START + 90)

    assert desk.statuses == [(90.0, ["[FIRING] ErrorRate is bad."])]


def test_another_group_is_told_while_a_receiver_is_away() -> None:
    desk = Desk(fails=[True])

    with pytest.raises(UpstreamUnavailableError):
        desk.call(delivered(firing("ServiceDown", severity="critical"), firing("ErrorRate")))

    assert [statuses for _, statuses in desk.statuses] == [["[FIRING] ErrorRate is bad."]]


def test_who_dies_while_it_tells_is_repeated_and_tells() -> None:
    desk = Desk(dies=[True])
    with pytest.raises(KilledError):
        desk.call(delivered(firing("ErrorRate"), message_id="mine"))

    desk.call(delivered(firing("ErrorRate"), message_id="mine"))

    assert len(desk.told) == 1


def test_what_nobody_repeats_is_told_when_the_clock_calls() -> None:
    desk = Desk(dies=[True])
    with pytest.raises(KilledError):
        desk.call(delivered(firing("ErrorRate")))

    desk.call(CLOCK, at=START + 3600)

    assert desk.statuses == [(3600.0, ["[FIRING] ErrorRate is bad."])]


def test_a_change_that_comes_while_a_notice_is_told_is_told_by_the_same_call() -> None:
    desk = Desk()

    class Late(MemoryBoard):
        def note_told(self, alarm: Alarm, *, now_ms: int) -> None:
            super().note_told(alarm, now_ms=now_ms)
            if len(desk.told) == 1:
                desk.call(delivered(firing("SlowAnswers", 31), message_id="m-2"))

    desk.board = Late()

    desk.call(delivered(firing("ErrorRate")))

    assert [at for at, _ in desk.statuses] == [30.0, 330.0]
    assert desk.statuses[1][1] == ["[FIRING] SlowAnswers is bad.", "[FIRING] ErrorRate is bad."]


def test_a_call_without_time_to_wait_asks_to_be_repeated() -> None:
    desk = Desk(left_s=20)

    with pytest.raises(UpstreamUnavailableError, match="warning"):
        desk.call(delivered(firing("ErrorRate")))

    assert desk.told == []


@pytest.mark.parametrize("message", ["", "hello", "[]", "{}", "null", json.dumps({"AlarmName": "x"}), "[" * 5000])
def test_what_is_no_alarm_is_passed_over(message: str) -> None:
    desk = Desk()

    desk.call(delivered(message, firing("ErrorRate")))

    assert len(desk.told) == 1
