"""Revoked token families whose access tokens have not expired: a small table that the authorizer reads once a minute.

In DynamoDB, because reads of PostgreSQL by every request would keep an idle cluster from pausing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.aws_call import USUAL, Patience, aws_call
from voicehelper.adapters.refreshing import Refreshing
from voicehelper.identity.tokens import ACCESS_LIFE_S

MAX_AGE_S: Final = 60.0
_SCOPE: Final = "revoked"


class RevocationTable:
    """The DynamoDB table of revoked families; entries expire by its time-to-live attribute."""

    def __init__(self, name: str, *, patience: Patience = USUAL) -> None:
        self._name, self._patience = name, patience

    def publish(self, family_id: UUID, *, now: int) -> None:
        """Idempotent. The entry expires after the last access token of the family."""
        item = {
            "scope": {"S": _SCOPE},
            "family_id": {"S": str(family_id)},
            "expires_at": {"N": str(now + ACCESS_LIFE_S + 60)},
        }
        aws_call("dynamodb", "PutItem", {"TableName": self._name, "Item": item})

    def fetch(self) -> frozenset[str]:
        """Every family whose access tokens may still be in use; a page of 1 MB has some 10,000."""
        families: set[str] = set()
        start: dict[str, Any] = {}
        query = self._query(int(time.time()))
        while True:
            answer = aws_call("dynamodb", "Query", query | start, patience=self._patience)
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
    """The table's content, cached for at most ``MAX_AGE_S``.

    If the fetch fails it raises, and the request is refused: a stolen and revoked token must not become valid because
    the table cannot be read.
    """

    def __init__(self, fetch: Callable[[], frozenset[str]], clock: Callable[[], float] = time.monotonic) -> None:
        self._families = Refreshing(fetch, max_age_s=MAX_AGE_S, keep_stale=False, clock=clock)

    def is_due(self) -> bool:
        """Whether ``contains`` would fetch."""
        return self._families.is_due()

    def families(self) -> frozenset[str]:
        return self._families.get()

    def contains(self, family_id: UUID) -> bool:
        return str(family_id) in self.families()
