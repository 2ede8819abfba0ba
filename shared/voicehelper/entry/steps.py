"""From a function over a validated event to a Lambda handler: pipeline steps, and consumers of queues."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from voicehelper.errors import InvalidInputError, RejectedError
from voicehelper.observability import count, logger

EventT = TypeVar("EventT", bound=BaseModel)
ResultT = TypeVar("ResultT", bound=BaseModel)


def pipeline_step(
    event_type: type[EventT],
) -> Callable[[Callable[[EventT], ResultT]], Callable[[dict[str, Any], Any], dict[str, Any]]]:
    """Validate the state's input, run, return JSON. Errors keep their class: Retry and Catch match by its name."""

    def decorate(step: Callable[[EventT], ResultT]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
        @functools.wraps(step)
        def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
            logger().append_keys(
                document_id=event.get("document_id"), request_id=getattr(context, "aws_request_id", "")
            )
            try:
                result = step(event_type.model_validate(event))
            except ValidationError as error:
                raise InvalidInputError(
                    f"the state machine passed what {step.__module__} cannot read: {error}"
                ) from error
            except RejectedError as error:
                logger().warning("document rejected", extra={"reason": error.reason, "explanation": str(error)})
                # The message travels to mark_failed as the cause: the code only, no internals.
                raise RejectedError(error.reason) from error
            return result.model_dump(mode="json")

        return handler

    return decorate


def queue_consumer(consume: Callable[[str], None]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """One call per SQS record; a failed record alone is delivered again (ARC-5, partial batch responses)."""

    @functools.wraps(consume)
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        logger().append_keys(request_id=getattr(context, "aws_request_id", ""))
        failed = [record["messageId"] for record in event.get("Records", ()) if not _consumed(consume, record)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    return handler


def _consumed(consume: Callable[[str], None], record: dict[str, Any]) -> bool:
    try:
        consume(record["body"])
    except Exception:  # noqa: BLE001 - the boundary: whatever it was, the record returns and then goes to the DLQ
        logger().exception("record failed", extra={"message_id": record.get("messageId")})
        count("QueueRecordFailures")
        return False
    return True
