"""What is known of alarms, in the DynamoDB table that also holds revocations: states, what was told, who is telling.

``Board`` is the edge. Every item is one PutItem with a condition, the grant that revocations need anyway. Items expire
after 35 days, so an alarm that was removed while it fired is not told for ever.
"""

from __future__ import annotations

from typing import Any, Final

from voicehelper.adapters.aws_call import AwsCallError, aws_call
from voicehelper.operations.alarms.changes import SEVERITIES, Severity, StateChange
from voicehelper.operations.alarms.grouping import Alarm, Group

_SCOPE: Final = "alarms"
_STATE, _TOLD, _GROUP = "state#", "told#", "group#"
_KEPT_S: Final = 35 * 24 * 3600

Item = dict[str, dict[str, Any]]


class Board:
    def __init__(self, table: str) -> None:
        self._table = table

    def record(self, change: StateChange) -> bool:
        """False for one that is known or older than what is known: topics deliver twice and out of order."""
        item = {"at_ms": _number(change.at_ms), "change": {"S": change.model_dump_json()}}
        condition = "attribute_not_exists(at_ms) OR at_ms < :at"
        return self._put(_STATE + change.alarm, item, change.at_ms, condition, {":at": _number(change.at_ms)})

    def groups(self) -> dict[Severity, Group]:
        """A consistent read."""
        items = {item["family_id"]["S"]: item for item in self._items()}
        alarms = [_alarm(items, name) for name in items if name.startswith(_STATE)]
        return {
            severity: Group(
                severity,
                tuple(alarm for alarm in alarms if alarm.change.severity == severity),
                _int(items.get(_GROUP + severity), "told_ms"),
            )
            for severity in SEVERITIES
        }

    def claim(self, group: Group, owner: str, *, now_ms: int, until_ms: int) -> bool:
        """Whether ``owner`` alone tells the group until then. The same one may claim again: it died meanwhile.

        False, too, if another notice went out since ``group`` was read.
        """
        item = {"told_ms": _number(group.told_ms), "until_ms": _number(until_ms), "owner": {"S": owner}}
        condition = "attribute_not_exists(told_ms) OR (told_ms = :told AND (until_ms < :now OR #o = :owner))"
        values = {":told": _number(group.told_ms), ":now": _number(now_ms), ":owner": {"S": owner}}
        return self._put(_GROUP + group.severity, item, now_ms, condition, values, {"#o": "owner"})

    def release(self, group: Group, owner: str, *, told_ms: int) -> None:
        """Another one may tell the group from now on. Nothing happens if the claim has run out and is another's."""
        item = {"told_ms": _number(told_ms), "until_ms": _number(0), "owner": {"S": ""}}
        self._put(_GROUP + group.severity, item, told_ms, "#o = :owner", {":owner": {"S": owner}}, {"#o": "owner"})

    def note_told(self, alarm: Alarm, *, now_ms: int) -> None:
        item = {"is_firing": {"BOOL": alarm.change.is_firing}, "at_ms": _number(now_ms)}
        condition = "attribute_not_exists(at_ms) OR at_ms <= :now"
        self._put(_TOLD + alarm.change.alarm, item, now_ms, condition, {":now": _number(now_ms)})

    def _put(
        self,
        name: str,
        item: Item,
        at_ms: int,
        condition: str,
        values: Item,
        names: dict[str, str] | None = None,
    ) -> bool:
        """Whether the condition held."""
        keys = {"scope": {"S": _SCOPE}, "family_id": {"S": name}, "expires_at": _number(at_ms // 1000 + _KEPT_S)}
        request = {
            "TableName": self._table,
            "Item": keys | item,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
            **({"ExpressionAttributeNames": names} if names else {}),
        }
        try:
            aws_call("dynamodb", "PutItem", request)
        except AwsCallError as error:
            if error.service_code != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _items(self) -> list[Item]:
        """A few dozen: one page."""
        query = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "scope"},
            "ExpressionAttributeValues": {":s": {"S": _SCOPE}},
        }
        return list(aws_call("dynamodb", "Query", query).get("Items", ()))


def _alarm(items: dict[str, Item], name: str) -> Alarm:
    told = items.get(_TOLD + name.removeprefix(_STATE), {})
    change = StateChange.model_validate_json(items[name]["change"]["S"])
    return Alarm(change, bool(told.get("is_firing", {}).get("BOOL", False)))


def _int(item: Item | None, name: str) -> int:
    return int(item[name]["N"]) if item else 0


def _number(value: int) -> dict[str, Any]:
    return {"N": str(value)}
