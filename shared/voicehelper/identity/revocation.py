"""Families that ended before their access tokens did: a small table the authorizer reads once a minute.

A table of its own because PostgreSQL may sleep, and asking it on every call would keep it awake.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.aws_call import aws_call
from voicehelper.identity.tokens import ACCESS_LIFE_S
from voicehelper.settings import settings

CACHE_S: Final = 60.0
_SCOPE: Final = "revoked"


def publish_revocation(family_id: UUID, *, now: int) -> None:
    """Repeating is harmless. The entry outlives every access token of the family, then expires."""
    item = {
        "scope": {"S": _SCOPE},
        "family_id": {"S": str(family_id)},
        "expires_at": {"N": str(now + ACCESS_LIFE_S + 60)},
    }
    aws_call("dynamodb", "PutItem", {"TableName": settings().revoked_family_table, "Item": item})


def fetch_revoked(now: int) -> frozenset[str]:
    """Every family whose access tokens may still be about; pages of 1 MB hold some 10,000."""
    found: set[str] = set()
    start: dict[str, Any] = {}
    while True:
        answer = aws_call("dynamodb", "Query", _query(now) | start)
        found |= {item["family_id"]["S"] for item in answer.get("Items", ())}
        if "LastEvaluatedKey" not in answer:
            return frozenset(found)
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _query(now: int) -> dict[str, Any]:
    return {
        "TableName": settings().revoked_family_table,
        "KeyConditionExpression": "#s = :s",
        "FilterExpression": "expires_at > :now",
        "ProjectionExpression": "family_id",
        "ExpressionAttributeNames": {"#s": "scope"},
        "ExpressionAttributeValues": {":s": {"S": _SCOPE}, ":now": {"N": str(now)}},
    }


class RevocationList:
    """The list as this process knows it, at most ``CACHE_S`` old.

    A failing fetch raises: the gateway then refuses, because a token that was stolen and revoked must not live
    again while the table cannot be read.
    """

    def __init__(self, fetch: Callable[[int], frozenset[str]] = fetch_revoked) -> None:
        self._fetch = fetch
        self._known: frozenset[str] = frozenset()
        self._fetched_at = -CACHE_S - 1

    def holds(self, family_id: UUID) -> bool:
        if time.monotonic() - self._fetched_at > CACHE_S:
            self._known = self._fetch(int(time.time()))
            self._fetched_at = time.monotonic()
        return str(family_id) in self._known


REVOKED = RevocationList()
