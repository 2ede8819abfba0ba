"""``queue_consumer``: turns a function of a message into a queue's handler; only failed records are redelivered."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from voicehelper.entry.invocation import invocation
from voicehelper.observability.logs import logger
from voicehelper.observability.metrics import count
from voicehelper.observability.segments import parse_header
from voicehelper.observability.traces import traced
from voicehelper.settings import check_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch import BatchProcessor
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def queue_consumer(consume: Callable[[str], None]) -> Handler:
    """``consume`` is called with one message body at a time, and may be called again with the same one.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (partial batch responses)
    """
    check_settings()

    def in_its_trace(record: SQSRecord) -> None:
        """Lambda gives a batch a trace of its own; each message brings that of its sender."""
        header = (record.attributes.aws_trace_header if "attributes" in record else None) or ""
        name = consume.__module__.rpartition(".")[2]
        with traced(name, header) if parse_header(header) else contextlib.nullcontext():
            consume(record.body)

    @functools.wraps(consume)
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        with invocation(consume.__module__, context):
            processor = _processor()
            with processor(records=event.get("Records", []), handler=in_its_trace) as batch:
                results = batch.process()
            for outcome, reason, record in results:
                if outcome == "fail":
                    _report(str(reason), getattr(record, "message_id", None))
            return dict(batch.response())

    return handler


@functools.cache
def _processor() -> BatchProcessor:
    """Does not raise if every record of a batch fails: each of them is redelivered as in any other batch."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

    return BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def _report(reason: str, message_id: str | None) -> None:
    logger().error("record failed", extra={"message_id": message_id, "reason": reason})
    count("QueueRecordFailures")
