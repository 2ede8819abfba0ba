"""``Queue`` and ``Letters``, the protocols for sending and reading messages, and ``SqsQueue``, which does both.

``knowledge`` and ``ingestion`` send to queues, ``ingestion.dead_letters`` reads.

Delivery is at least once: consumers must tolerate repeated and late messages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from voicehelper.adapters.aws_call import aws_call
from voicehelper.observability.traces import current_header

_AT_ONCE: Final = 10  # the most that one call returns
# Long polling: without it SQS asks only some of its servers, and may miss what is there.
_WAIT_S: Final = 1


class Queue(Protocol):
    def send(self, message: Mapping[str, Any], *, delay_s: int = 0) -> None:
        """Deliver the message, as JSON, at least once and not before ``delay_s`` (900 at most) have passed."""


class Letter(NamedTuple):
    body: str
    receipt: str  # by which this delivery is deleted
    id: str = ""  # the same at every delivery


class Letters(Protocol):
    def receive(self) -> list[Letter]:
        """A few messages; each comes again after a while unless it is deleted. None where the queue is empty."""

    def delete(self, letter: Letter) -> None: ...


class SqsQueue:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, message: Mapping[str, Any], *, delay_s: int = 0) -> None:
        payload = {"QueueUrl": self._url, "MessageBody": json.dumps(message), "DelaySeconds": delay_s}
        aws_call("sqs", "SendMessage", payload | _trace_attribute())

    def receive(self) -> list[Letter]:
        """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html"""
        question = {"QueueUrl": self._url, "MaxNumberOfMessages": _AT_ONCE, "WaitTimeSeconds": _WAIT_S}
        messages = aws_call("sqs", "ReceiveMessage", question).get("Messages") or ()
        return [Letter(message["Body"], message["ReceiptHandle"], message["MessageId"]) for message in messages]

    def delete(self, letter: Letter) -> None:
        aws_call("sqs", "DeleteMessage", {"QueueUrl": self._url, "ReceiptHandle": letter.receipt})


def _trace_attribute() -> dict[str, Any]:
    """The consumer goes on in the sender's trace; the attribute does not count as the message's size."""
    header = current_header()
    attribute = {"AWSTraceHeader": {"DataType": "String", "StringValue": header}}
    return {"MessageSystemAttributes": attribute} if header else {}
