"""``Queue``, the protocol for sending messages, and ``SqsQueue``; ``knowledge`` and ``ingestion`` send to queues.

Delivery is at least once: consumers must tolerate repeated and late messages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from voicehelper.adapters.aws_call import aws_call


class Queue(Protocol):
    def send(self, message: Mapping[str, Any], *, delay_s: int = 0) -> None:
        """Deliver the message, as JSON, at least once and not before ``delay_s`` (900 at most) have passed."""


class SqsQueue:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, message: Mapping[str, Any], *, delay_s: int = 0) -> None:
        payload = {"QueueUrl": self._url, "MessageBody": json.dumps(message), "DelaySeconds": delay_s}
        aws_call("sqs", "SendMessage", payload)
