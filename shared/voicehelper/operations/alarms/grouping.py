"""When alarms of one severity are told, and in which words. Plain values in and out; ``routing`` asks.

After the first change of a quiet group it waits a little, because a failure trips several alarms; then it tells every
change together, and no more often than each interval. What still fires is told again after a while. An alarm that
fired and ended in between was never told, and is not. The terms are those of Prometheus' Alertmanager:
https://prometheus.io/docs/alerting/latest/configuration/#route
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from voicehelper.operations.alarms.changes import Severity, StateChange


@dataclass(frozen=True, slots=True)
class Times:
    wait_ms: int
    interval_ms: int
    repeat_ms: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """Its last state, and whether receivers were told last that it fires."""

    change: StateChange
    is_told_firing: bool = False

    @property
    def is_news(self) -> bool:
        return self.change.is_firing != self.is_told_firing


@dataclass(frozen=True, slots=True)
class Group:
    """Alarms of one severity; ``told_ms`` is when its last notice went out, 0 for never."""

    severity: Severity
    alarms: tuple[Alarm, ...] = ()
    told_ms: int = 0

    @property
    def news(self) -> list[Alarm]:
        return [alarm for alarm in self.alarms if alarm.is_news]

    @property
    def firing(self) -> list[Alarm]:
        return [alarm for alarm in self.alarms if alarm.change.is_firing]

    @property
    def to_tell(self) -> list[Alarm]:
        """What is new first, then what still fires."""
        return sorted({*self.news, *self.firing}, key=lambda alarm: (not alarm.is_news, alarm.change.alarm))


def due_ms(group: Group, times: Times) -> int | None:
    """When the next notice is to go out; None where there is nothing to tell."""
    if news := group.news:
        return max(min(alarm.change.at_ms for alarm in news) + times.wait_ms, group.told_ms + times.interval_ms)
    return group.told_ms + times.repeat_ms if group.firing else None


def notice(alarms: Sequence[Alarm], run_book: str) -> str:
    """The text that people read, an alarm a paragraph."""
    return "\n\n".join(_paragraph(alarm.change, run_book) for alarm in alarms)


def _paragraph(change: StateChange, run_book: str) -> str:
    since = datetime.fromtimestamp(change.at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    value = "no data" if change.value is None else f"{change.value:g}"
    now = f"Value {value}" + (f", threshold {change.bound}" if change.bound else "")
    return "\n".join(
        [
            f"[{status_of(change)}] {change.summary}",
            *([change.description] if change.description else []),
            f"{now}; {change.stack} {change.kind}, since {since}",
            link(change, run_book),
        ]
    )


def status_of(change: StateChange) -> str:
    return "FIRING" if change.is_firing else "RESOLVED"


def link(change: StateChange, run_book: str) -> str:
    """Of the alarm's heading in docs/operations.md."""
    return f"{run_book}#{change.kind.lower()}"


def page(group: Group, alarms: Sequence[Alarm], run_book: str, key: str) -> dict[str, Any]:
    """What a pager is sent, as PagerDuty's Events API v2 has it; others find the text in it. One incident a group.

    https://developer.pagerduty.com/docs/events-api-v2-overview
    """
    first, stack = alarms[0].change, alarms[0].change.stack
    return {
        "routing_key": key,
        "event_action": "trigger" if group.firing else "resolve",
        "dedup_key": f"{stack}-{group.severity}",
        "payload": {
            "summary": f"[{status_of(first)}] {first.summary}"[:1024],
            "severity": group.severity,
            "source": stack,
            "custom_details": {"text": notice(alarms, run_book)},
        },
        "links": [{"href": link(alarm.change, run_book), "text": alarm.change.kind} for alarm in alarms],
    }
