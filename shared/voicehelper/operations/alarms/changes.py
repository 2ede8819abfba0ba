"""An alarm's change of state, as CloudWatch publishes it to a topic. ``AlarmsCalled`` is the function's event.

The alarm's description in infra/alarms.yaml begins with its severity and one sentence: "[critical] Nobody is answered."
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voicehelper.observability.logs import logger

Severity = Literal["critical", "warning", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "warning", "info")

_DESCRIPTION: Final = re.compile(r"\[(critical|warning|info)\] ([^.]{1,200}\.)\s*(.*)", re.DOTALL)
_VALUE: Final = re.compile(r"\[(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?) \(")
_SIGNS: Final = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}


class StateChange(BaseModel):
    """``alarm`` is the whole name, the stack's included. ``value`` is None where there were no data."""

    model_config = ConfigDict(frozen=True)

    alarm: str
    severity: Severity
    summary: str
    description: str = ""
    is_firing: bool
    at_ms: int
    value: float | None = None
    bound: str = ""  # such as "> 5"

    @property
    def stack(self) -> str:
        return self.alarm.rpartition("-")[0]

    @property
    def kind(self) -> str:
        """Its name in the template and in the run book."""
        return self.alarm.rpartition("-")[2]


class _Published(BaseModel):
    message: str = Field(alias="Message", max_length=300_000)
    message_id: str = Field(alias="MessageId", default="")


class _Record(BaseModel):
    sns: _Published = Field(alias="Sns")


class AlarmsCalled(BaseModel):
    """What a topic delivers, or the clock: without records it is time to look after what was not told.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
    """

    records: list[_Record] = Field(alias="Records", default=[])

    @property
    def owner(self) -> str:
        """The same when Lambda repeats the call."""
        return self.records[0].sns.message_id if self.records else "clock"

    def changes(self) -> list[StateChange]:
        """Without messages that are none of an alarm, as of somebody who tries the topic out."""
        return [change for record in self.records if (change := _read(record.sns.message))]


def _read(message: str) -> StateChange | None:
    try:
        return read_change(json.loads(message))
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        logger().warning("no change of an alarm", extra={"body": message[:500]})
        return None


def read_change(message: dict[str, Any]) -> StateChange:
    """KeyError, ValueError, TypeError or AttributeError for what is none.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    reason, trigger, name = str(message["NewStateReason"]), message.get("Trigger") or {}, str(message["AlarmName"])
    text = str(message.get("AlarmDescription") or "")
    severity, summary, description = _described(text, name)
    found = _VALUE.search(reason)
    return StateChange(
        alarm=name,
        severity=severity,
        summary=summary,
        description=description,
        is_firing=message["NewStateValue"] == "ALARM",
        at_ms=round(datetime.fromisoformat(message["StateChangeTime"]).timestamp() * 1000),
        value=float(found[1]) if found else None,
        bound=_bound(trigger),
    )


def _described(text: str, name: str) -> tuple[Severity, str, str]:
    """An alarm that somebody made by hand has no severity: it is told, and wakes nobody."""
    if not (match := _DESCRIPTION.fullmatch(text)):
        return "warning", name, text
    severity = next(known for known in SEVERITIES if known == match[1])
    return severity, match[2], " ".join(match[3].split())


def _bound(trigger: dict[str, Any]) -> str:
    threshold = trigger.get("Threshold")
    sign = _SIGNS.get(str(trigger.get("ComparisonOperator")), "")
    return f"{sign} {threshold:g}".strip() if isinstance(threshold, (int, float)) else ""
