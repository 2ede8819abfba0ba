"""Reads a dead-letter queue and hands each message on. Entry: ``collect``, called by a schedule.

A schedule, because a queue that a function listens to is polled, and paid for, day and night. The reader itself needs
no database, which therefore sleeps on while there are no dead letters. A message is deleted once somebody else has
taken it, so that none is lost, and some come twice. What ends documents is kept in storage before, for an operator to
read and to send again (``infra.operate``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel

from voicehelper.adapters.invoke import Later
from voicehelper.adapters.queues import Letter, Letters, Queue
from voicehelper.ingestion.arrivals import uploaded_files
from voicehelper.ingestion.events import DELETIONS, BaseQueued, DeletionDue, IngestionEvent, Undeliverable
from voicehelper.observability.logs import logger
from voicehelper.observability.metrics import count

# Of ten messages each: some ten seconds. What is left waits for the next time.
MOST_BATCHES: Final = 10
KEPT_UNDER: Final = "dead-letters/"  # in storage, by the message's id
Keep = Callable[[Letter], None]


def kept_key(letter: Letter) -> str:
    return f"{KEPT_UNDER}{letter.id}.json"


def kept_letter(letter: Letter) -> bytes:
    return json.dumps({"id": letter.id, "body": letter.body}).encode()


def collect(letters: Letters, *, uploads: Queue, fail_later: Later, keep: Keep) -> None:
    """``keep`` writes one letter, as often as it comes under the same name.

    UpstreamUnavailableError if nobody takes a message; it stays in the queue, as do all that were not read."""
    for _ in range(MOST_BATCHES):
        if not (batch := letters.receive()):
            return
        count("DeadLetters", len(batch))
        for letter in batch:
            if _hand_on(letter, uploads=uploads, fail_later=fail_later, keep=keep):
                letters.delete(letter)


def _hand_on(letter: Letter, *, uploads: Queue, fail_later: Later, keep: Keep) -> bool:
    """A deletion is queued again, as is what wakes webhooks; the rest ends its documents. False for what is neither.

    That stays until its queue forgets it, counted whenever it is met: handed on, it would come back for ever.
    """
    try:
        message = original(letter.body)
        kind = _object(message).get("kind")
        if kind in DELETIONS:
            uploads.send(DeletionDue.model_validate_json(message).model_dump(mode="json"))
        elif kind == "webhooks":
            uploads.send({"kind": kind, "tenant_id": str(UUID(_object(message)["tenant_id"]))})
        elif kind == "redrive":  # whose documents have ended before
            keep(letter._replace(body=str(_object(message)["letter"])))
        else:
            _require_understood(message)
            keep(letter)
            fail_later(Undeliverable(message=message).model_dump())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # of Pydantic's, too
        logger().exception("not understood", extra={"body": letter.body[:1000]})
        count("DeadLettersNotUnderstood")
        return False
    return True


def original(body: str) -> str:
    """The message itself, where Lambda gave up on a function that it was handed to.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    payload = dict(_object(body).get("requestPayload") or {})
    if "message" in payload:
        return str(payload["message"])
    return json.dumps(payload) if payload.get("kind") in (*DELETIONS, "webhooks") else body


def _require_understood(message: str) -> None:
    """Raises where whoever ends documents would, after which the message would be a dead letter anew, and for ever."""
    body = _object(message)
    if "requestPayload" in body:
        _require_end(body["requestPayload"]["detail"])
    if "kb_id" in body:
        BaseQueued.model_validate_json(message)
    list(uploaded_files(message))


def _require_end(detail: dict[str, Any]) -> None:
    """Of an execution, of a document or of a task, that EventBridge told about."""
    given, _ = _object(detail["input"]), detail["status"]
    if "document_id" in given:
        IngestionEvent.model_validate(given)
    if "task_id" in given:
        _Task.model_validate(given)


class _Task(BaseModel):
    """What agents read of the input of theirs."""

    tenant_id: UUID
    task_id: UUID
    attempt: int


def _object(text: str) -> dict[str, Any]:
    """ValueError or TypeError for anything else than a JSON object."""
    return dict(json.loads(text))
