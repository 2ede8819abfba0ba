"""Living keys in the DynamoDB table that also holds revocations, so that the authorizer never wakes the database.

``KeyTable`` is the edge: ``service`` writes a record before it commits, ``reader`` finds it by the key's prefix, notes
its use and counts wrong keys. A record that the database does not know, because its commit failed, opens nothing: its
key was shown to nobody, and the database shows it no base. Everything is one PutItem or one Query, which are the grants
that revocations need anyway; no item has two writers that could undo what the other did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.aws_call import USUAL, AwsCallError, Patience, aws_call
from voicehelper.shapes.ids import new_id

_KEYS: Final = "key"
_USES: Final = "key_use#{}"  # by workspace, which lists them
_FAILURES: Final = "wrong_key#{}#{}"  # by network and window
_KEPT_S: Final = 400 * 24 * 3600  # how long the last use of a key is known
_DEAD_S: Final = 3600  # a key that has ended is the same as none


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What the authorizer knows of a key. ``role`` is its maker's now; ``expires_at`` is Unix seconds, 0 for never."""

    key_id: UUID
    user_id: UUID
    tenant_id: UUID
    digest: bytes
    role: str
    scopes: tuple[str, ...]
    expires_at: int = 0


class KeyTable:
    def __init__(self, name: str, *, patience: Patience = USUAL) -> None:
        self._name, self._patience = name, patience

    def publish(self, prefix: str, record: KeyRecord) -> None:
        """Also replaces the record of a key whose maker's role has changed."""
        self._put(_KEYS, prefix, _item(record), expires_at=record.expires_at)

    def forget(self, prefix: str, *, now: int) -> None:
        """Idempotent: where the commit that follows fails, the call is repeated."""
        self._put(_KEYS, prefix, {}, expires_at=now + _DEAD_S)

    def find(self, prefix: str) -> KeyRecord | None:
        """A consistent read: a key opens from the moment that its maker sees it."""
        found = [_record(item) for item in self._items(_KEYS, prefix) if "digest" in item]
        return found[0] if found else None

    def note_use(self, tenant_id: UUID, prefix: str, *, now: int, before: int) -> None:
        """Unless a use since ``before`` has been noted, by another process."""
        condition = {
            "ConditionExpression": "attribute_not_exists(used_at) OR used_at < :before",
            "ExpressionAttributeValues": {":before": _number(before)},
        }
        try:
            item = {"used_at": _number(now)}
            self._put(_USES.format(tenant_id), prefix, item, expires_at=now + _KEPT_S, **condition)
        except AwsCallError as error:
            if error.service_code != "ConditionalCheckFailedException":
                raise

    def last_uses(self, tenant_id: UUID) -> dict[str, int]:
        """When the keys of a workspace were used last, by prefix; without those that never were."""
        items = self._items(_USES.format(tenant_id))
        return {item["family_id"]["S"]: int(item["used_at"]["N"]) for item in items}

    def count_failure(self, network: str, *, window: int, ends_at: int) -> int:
        """Wrong keys from this network in this window, with the one that is counted now.

        One item each: of those at the same time each counts itself and all that were written before it looked.
        """
        scope = _FAILURES.format(network, window)
        self._put(scope, str(new_id()), {}, expires_at=ends_at)
        return sum(1 for _ in self._items(scope))

    def _put(self, scope: str, name: str, item: dict[str, Any], *, expires_at: int, **more: Any) -> None:
        """``expires_at`` is the table's time-to-live attribute, without which an item stays."""
        life = {"expires_at": _number(expires_at)} if expires_at else {}
        item = {"scope": {"S": scope}, "family_id": {"S": name}} | item | life
        aws_call("dynamodb", "PutItem", {"TableName": self._name, "Item": item, **more}, patience=self._patience)

    def _items(self, scope: str, name: str = "") -> Iterator[dict[str, Any]]:
        """Those of a scope, page by page; with ``name`` at most one."""
        query = self._query(scope, name)
        while True:
            answer = aws_call("dynamodb", "Query", query, patience=self._patience)
            yield from answer.get("Items", ())
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _query(self, scope: str, name: str) -> dict[str, Any]:
        values = {":s": {"S": scope}} | ({":n": {"S": name}} if name else {})
        return {
            "TableName": self._name,
            "ConsistentRead": True,
            "KeyConditionExpression": "#s = :s" + (" AND family_id = :n" if name else ""),
            "ExpressionAttributeNames": {"#s": "scope"},
            "ExpressionAttributeValues": values,
        }


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _item(record: KeyRecord) -> dict[str, Any]:
    texts = {"key_id": record.key_id, "user_id": record.user_id, "tenant_id": record.tenant_id, "role": record.role}
    texts |= {"digest": record.digest.hex(), "scopes": " ".join(record.scopes)}
    return {name: {"S": str(value)} for name, value in texts.items()}


def _record(item: dict[str, Any]) -> KeyRecord:
    return KeyRecord(
        key_id=UUID(item["key_id"]["S"]),
        user_id=UUID(item["user_id"]["S"]),
        tenant_id=UUID(item["tenant_id"]["S"]),
        digest=bytes.fromhex(item["digest"]["S"]),
        role=item["role"]["S"],
        scopes=tuple(item["scopes"]["S"].split()),
        expires_at=int(item["expires_at"]["N"]) if "expires_at" in item else 0,
    )
