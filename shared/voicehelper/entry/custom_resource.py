"""``custom_resource``: turns a function into what CloudFormation calls for a custom resource, and answers for it.

CloudFormation waits for its answer at the URL of its request, up to the resource's ServiceTimeout, so every path sends
one: success, an exception, a deletion, and a call whose time runs out. Called without a URL, as an operator may, the
function's result is returned and its exception raised, or a report that the call names.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

from __future__ import annotations

import functools
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any, Final

from voicehelper.entry.invocation import invocation
from voicehelper.observability.logs import logger
from voicehelper.settings import check_settings

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Put = Callable[[str, bytes], None]

# What is left to answer in, when a call has to end without a result.
ANSWER_TIME_S: Final = 10.0
_REASON_CHARACTERS: Final = 1_000  # an answer has 4,096 bytes
_PUT_TIMEOUT_S: Final = 3.0
_PUT_TRIES: Final = 3


def put(url: str, body: bytes) -> None:
    """OSError after three tries. The presigned URL was signed with an empty content type."""
    request = urllib.request.Request(url, data=body, method="PUT", headers={"content-type": ""})  # noqa: S310
    for last in (False,) * (_PUT_TRIES - 1) + (True,):
        try:
            with urllib.request.urlopen(request, timeout=_PUT_TIMEOUT_S):  # noqa: S310 - CloudFormation's own URL
                return
        except OSError:
            if last:
                raise
            time.sleep(0.2)


class Answer:
    """The one answer to a request; whatever would be sent after it is dropped."""

    def __init__(self, request: dict[str, Any], send: Put) -> None:
        self._request, self._send = request, send
        self._lock, self._is_sent = threading.Lock(), False

    def succeed(self, result: dict[str, Any]) -> None:
        self._give("SUCCESS", "", result)

    def fail(self, reason: str) -> None:
        logger().error("custom resource failed", extra={"reason": reason})
        self._give("FAILED", reason, {})

    def _give(self, status: str, reason: str, data: dict[str, Any]) -> None:
        with self._lock:
            if not self._is_sent:
                self._send(self._request["ResponseURL"], json.dumps(self._body(status, reason, data)).encode())
            self._is_sent = True

    def _body(self, status: str, reason: str, data: dict[str, Any]) -> dict[str, Any]:
        names = ("StackId", "RequestId", "LogicalResourceId")
        # The same id at all times: another one would make CloudFormation delete "the old resource".
        physical_id = self._request.get("PhysicalResourceId") or self._request["LogicalResourceId"]
        return {
            **{name: self._request[name] for name in names},
            "Status": status,
            "Reason": reason[:_REASON_CHARACTERS],
            "PhysicalResourceId": physical_id,
            "Data": data,
        }


def custom_resource(
    apply: Callable[[], dict[str, Any]], *, report: Callable[[str], dict[str, Any]] | None = None, send: Put = put
) -> Handler:
    """``apply`` brings the resource up to date, on creation and on every update; a deletion changes nothing."""
    check_settings()

    @functools.wraps(apply)
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        with invocation(apply.__module__, context):
            if report and "report" in event:
                return report(str(event["report"]))
            if "ResponseURL" not in event:
                return apply()
            _answer(event, context, apply, Answer(event, send))
            return {}

    return handler


def _answer(event: dict[str, Any], context: Any, apply: Callable[[], dict[str, Any]], answer: Answer) -> None:
    left_s = context.get_remaining_time_in_millis() / 1000 - ANSWER_TIME_S
    timer = threading.Timer(left_s, answer.fail, ["the function's time ran out"])
    timer.daemon = True
    timer.start()
    try:
        answer.succeed({} if event["RequestType"] == "Delete" else apply())
    except Exception as error:  # noqa: BLE001 - without an answer CloudFormation would wait until its own time-out
        answer.fail(f"{type(error).__name__}: {error}")
    finally:
        timer.cancel()
