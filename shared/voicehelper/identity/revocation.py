"""Token families that ended before their access tokens did: a small table the authorizer reads once a minute.

A table of its own because PostgreSQL may sleep, and asking it on every call would keep it awake.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.aws_call import aws_call
from voicehelper.adapters.refreshing import Refreshing
from voicehelper.identity.tokens import ACCESS_LIFE_S

MAX_AGE_S: Final = 60.0
_SCOPE: Final = "revoked"


class RevocationTable:
    """DynamoDB's table of revoked families; an entry expires by itself."""

    def __init__(self, name: str) -> None:
        self._name = name

    def publish(self, family_id: UUID, *, now: int) -> None:
        """Repeating is harmless. The entry outlives every access token of the family, then expires."""
        item = {
            "scope": {"S": _SCOPE},
            "family_id": {"S": str(family_id)},
            "expires_at": {"N": str(now + ACCESS_LIFE_S + 60)},
        }
        aws_call("dynamodb", "PutItem", {"TableName": self._name, "Item": item})

    def fetch(self) -> frozenset[str]:
        """Every family whose access tokens may still be in use; pages of 1 MB hold some 10,000."""
        families: set[str] = set()
        start: dict[str, Any] = {}
        query = self._query(int(time.time()))
        while True:
            answer = aws_call("dynamodb", "Query", query | start)
            families |= {item["family_id"]["S"] for item in answer.get("Items", ())}
            if "LastEvaluatedKey" not in answer:
                return frozenset(families)
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _query(self, now: int) -> dict[str, Any]:
        return {
            "TableName": self._name,
            "KeyConditionExpression": "#s = :s",
            "FilterExpression": "expires_at > :now",
            "ProjectionExpression": "family_id",
            "ExpressionAttributeNames": {"#s": "scope"},
            "ExpressionAttributeValues": {":s": {"S": _SCOPE}, ":now": {"N": str(now)}},
        }


class RevocationList:
    """The table as this process knows it, at most ``MAX_AGE_S`` old.

    A failing fetch raises: the gateway then refuses, because a token that was stolen and revoked must not be valid
    again while the table cannot be read.
    """

    def __init__(self, fetch: Callable[[], frozenset[str]], clock: Callable[[], float] = time.monotonic) -> None:
        self._families = Refreshing(fetch, max_age_s=MAX_AGE_S, keep_stale=False, clock=clock)

    def holds(self, family_id: UUID) -> bool:
        return str(family_id) in self._families.get()
