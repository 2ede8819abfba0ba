"""Dead letters of a deployment: what its reader has kept in storage, and what still lies in its queues.

Entries: ``find``, ``redrive``; ``infra.operate`` is the command. Bodies are ids and keys, no content of documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from voicehelper.ingestion.dead_letters import KEPT_UNDER, original

from infra.target import Deployed

QUEUES: Final = ("UploadDeadLetterQueue", "PurgeDeadLetterQueue")
_LOOKING_S: Final = 20  # for which a letter is hidden from its reader while it is looked at


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """``place`` is "kept" or a queue's logical id; ``handle`` is by which it is removed there."""

    id: str
    place: str
    at: str
    body: str
    handle: str

    @property
    def about(self) -> str:
        """One line: what it is, and the ids it names."""
        try:
            body = json.loads(original(self.body))
            keys = [record["s3"]["object"]["key"] for record in body.get("Records", ())]
            given = json.loads(body.get("requestPayload", {}).get("detail", {}).get("input", "{}"))
            named = {name: value for name, value in (body | given).items() if name.endswith("_id")}
        except (ValueError, TypeError, KeyError, AttributeError):
            return "not understood"
        kind = "upload" if keys else "execution" if given else body.get("kind", "restart")
        return " ".join([kind, *keys, *(f"{name}={value}" for name, value in named.items())])


def find(of: Deployed) -> list[DeadLetter]:
    """Oldest first."""
    queued = [letter for queue in QUEUES for letter in _queued(of, queue)]
    return sorted([*_kept(of), *queued], key=lambda letter: (letter.at, letter.id))


def _kept(of: Deployed) -> Iterator[DeadLetter]:
    s3, bucket = of.client("s3"), of.physical("ContentBucket")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=KEPT_UNDER):
        for item in page.get("Contents", ()):
            letter = json.loads(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
            at = item["LastModified"].isoformat(timespec="seconds")
            yield DeadLetter(letter["id"], "kept", at, letter["body"], item["Key"])


def _queued(of: Deployed, queue: str) -> list[DeadLetter]:
    """Each is given back at once."""
    sqs, url = of.client("sqs"), of.physical(queue)
    found: dict[str, DeadLetter] = {}
    while messages := _receive(sqs, url):
        for message in messages:
            at = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) // 1000, UTC).isoformat()
            handle = message["ReceiptHandle"]
            found[message["MessageId"]] = DeadLetter(message["MessageId"], queue, at, message["Body"], handle)
    for letter in found.values():
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=letter.handle, VisibilityTimeout=0)
    return list(found.values())


def _receive(sqs: Any, url: str) -> list[dict[str, Any]]:
    asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": _LOOKING_S, "AttributeNames": ["SentTimestamp"]}
    return list(sqs.receive_message(QueueUrl=url, **asked).get("Messages", ()))


def redrive(of: Deployed, letter: DeadLetter) -> str:
    """What was done. A letter is removed after its work was queued: who dies in between queues it twice."""
    sqs, uploads = of.client("sqs"), of.physical("UploadQueue")
    if letter.place == "kept":
        sqs.send_message(QueueUrl=uploads, MessageBody=json.dumps({"kind": "redrive", "letter": letter.body}))
        of.client("s3").delete_object(Bucket=of.physical("ContentBucket"), Key=letter.handle)
        return "its documents are queued again"
    if letter.about.startswith(("execution", "not understood")):
        return "left: its reader comes within 15 minutes and keeps what it is about"
    sqs.send_message(QueueUrl=uploads, MessageBody=original(letter.body))
    sqs.delete_message(QueueUrl=of.physical(letter.place), ReceiptHandle=letter.handle)
    return "queued again"
