"""``route``: records changes of alarms, waits until a notice is due, and has it told once.

One call at a time waits for a group and tells it; the others record their change and end, so that a storm of alarms
takes three executions and not one for each. A claim covers the waiting. Who dies is repeated by Lambda under the same
name, and may go on; what is repeated no more is told when the clock calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from voicehelper.adapters.deadline import seconds_left
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.observability.logs import logger
from voicehelper.operations.alarms.changes import SEVERITIES, AlarmsCalled, Severity, StateChange
from voicehelper.operations.alarms.grouping import Alarm, Group, Times, due_ms

SENDING_MS: Final = 30_000  # a receiver, and the notes after it


class Board(Protocol):
    """``board.Board``; tests have one in memory."""

    def record(self, change: StateChange) -> bool: ...
    def groups(self) -> dict[Severity, Group]: ...
    def claim(self, group: Group, owner: str, *, now_ms: int, until_ms: int) -> bool: ...
    def release(self, group: Group, owner: str, *, told_ms: int) -> None: ...
    def note_told(self, alarm: Alarm, *, now_ms: int) -> None: ...


Tell = Callable[[Group, list[Alarm]], None]


def _now_ms() -> int:
    return round(time.time() * 1000)


@dataclass(frozen=True, slots=True)
class Router:
    board: Board
    tell: Tell
    times: Times
    now_ms: Callable[[], int] = _now_ms
    sleep: Callable[[float], None] = time.sleep
    left_s: Callable[[], float | None] = seconds_left


def route(called: AlarmsCalled, router: Router) -> None:
    """UpstreamUnavailableError if a receiver takes nothing, or the time is over: Lambda repeats the call.

    Other groups are told first.
    """
    changes = called.changes()
    for change in changes:
        router.board.record(change)
    concerned = {change.severity for change in changes} if called.records else set(SEVERITIES)
    failed = [s for s in SEVERITIES if s in concerned and not _look_after(s, called.owner, router)]
    if failed:
        raise UpstreamUnavailableError(f"not told yet: {', '.join(failed)}")


def _look_after(severity: Severity, owner: str, router: Router) -> bool:
    """Until there is nothing to tell now, or somebody else tells it. False for what is still to be told."""
    while True:
        group, now = router.board.groups()[severity], router.now_ms()
        due = due_ms(group, router.times)
        if due is None or (due > now and not group.news):  # nobody waits half a day for a repetition
            return True
        if not _has_time(due - now, router):
            return False
        if not router.board.claim(group, owner, now_ms=now, until_ms=max(due, now) + SENDING_MS):
            return True
        router.sleep(max(0, due - now) / 1000)
        if not _tell_claimed(group, owner, router):
            return False


def _has_time(wait_ms: int, router: Router) -> bool:
    left_s = router.left_s()
    return left_s is None or max(0, wait_ms) + SENDING_MS < left_s * 1000


def _tell_claimed(claimed: Group, owner: str, router: Router) -> bool:
    """As things are after the wait: what has ended meanwhile and was never told is not told."""
    group = router.board.groups()[claimed.severity]
    alarms = group.to_tell
    try:
        if alarms:
            router.tell(group, alarms)
    except UpstreamUnavailableError:
        logger().exception("a notice was not told")
        router.board.release(group, owner, told_ms=group.told_ms)
        return False
    now = router.now_ms()
    for alarm in alarms:
        router.board.note_told(alarm, now_ms=now)
    router.board.release(group, owner, told_ms=now if alarms else group.told_ms)
    return True
