"""Alarms in memory, a clock that tests move, and what CloudWatch publishes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from voicehelper.operations.alarms.changes import SEVERITIES, Severity, StateChange
from voicehelper.operations.alarms.grouping import Alarm, Group


@dataclass
class MemoryBoard:
    """Implements the protocol of ``voicehelper.operations.alarms.routing.Board``."""

    states: dict[str, StateChange] = field(default_factory=dict)
    told: dict[str, tuple[int, bool]] = field(default_factory=dict)
    claims: dict[Severity, tuple[int, int, str]] = field(default_factory=dict)  # told_ms, until_ms, owner

    def record(self, change: StateChange) -> bool:
        known = self.states.get(change.alarm)
        if known and known.at_ms >= change.at_ms:
            return False
        self.states[change.alarm] = change
        return True

    def groups(self) -> dict[Severity, Group]:
        return {severity: self._group(severity) for severity in SEVERITIES}

    def _group(self, severity: Severity) -> Group:
        own = [change for change in self.states.values() if change.severity == severity]
        alarms = tuple(Alarm(change, self.told.get(change.alarm, (0, False))[1]) for change in own)
        return Group(severity, alarms, self.claims.get(severity, (0, 0, ""))[0])

    def claim(self, group: Group, owner: str, *, now_ms: int, until_ms: int) -> bool:
        told_ms, until, holder = self.claims.get(group.severity, (group.told_ms, 0, ""))
        if told_ms != group.told_ms or (until >= now_ms and holder != owner):
            return False
        self.claims[group.severity] = (group.told_ms, until_ms, owner)
        return True

    def release(self, group: Group, owner: str, *, told_ms: int) -> None:
        if self.claims[group.severity][2] == owner:
            self.claims[group.severity] = (told_ms, 0, "")

    def note_told(self, alarm: Alarm, *, now_ms: int) -> None:
        if self.told.get(alarm.change.alarm, (0, False))[0] <= now_ms:
            self.told[alarm.change.alarm] = (now_ms, alarm.change.is_firing)


def published(kind: str, at_s: float, *, state: str = "ALARM", severity: str = "warning", value: float = 12.5) -> str:
    """As https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html shows it."""
    at = datetime.fromtimestamp(at_s, UTC)
    reason = f"Threshold Crossed: 1 out of the last 1 datapoints [{value} ({at:%d/%m/%y %H:%M:%S})] was greater …"
    return json.dumps(
        {
            "AlarmName": f"voicehelper-dev-{kind}",
            "AlarmDescription": f"[{severity}] {kind} is bad. Look at it.",
            "AWSAccountId": "123456789012",
            "NewStateValue": state,
            "NewStateReason": reason,
            "StateChangeTime": at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
            "Region": "US East (N. Virginia)",
            "OldStateValue": "OK",
            "Trigger": {"Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold"},
        }
    )


def delivered(*messages: str, message_id: str = "m-1") -> dict[str, Any]:
    """The event by which a topic calls a function."""
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"MessageId": message_id, "Message": m}} for m in messages]}
