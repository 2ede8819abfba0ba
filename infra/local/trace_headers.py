"""Carries the header of a trace from call to call inside the emulator, as AWS's services do.

A signed call's header becomes that of everything it starts: an invocation, an execution with all of its steps, and the
message that an object in the bucket causes. Entry: ``carry``, installed by ``emulator_main``, and ``of_call``, for the
gate. The emulator's own threads begin with a copy of their starter's context, so a context variable travels with them.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Final

TRACE_HEADER: Final = "x-amzn-trace-id"

_header: ContextVar[str] = ContextVar("trace header", default="")


@contextlib.contextmanager
def of_call(header: str) -> Iterator[None]:
    token = _header.set(header)
    try:
        yield
    finally:
        _header.reset(token)


def carry(lambda_svc: Any, s3: Any, sqs: Any) -> None:
    _give_to_functions(lambda_svc)
    _put_into_messages(s3, sqs)


def _give_to_functions(lambda_svc: Any) -> None:
    """An invocation without a header begins a trace of its own, which the emulator draws."""
    draw = lambda_svc._xray_trace_id_for_invocation
    names = list(inspect.signature(draw).parameters)
    assert names == ["config", "inbound_trace_header"], "another emulator version: check this patch"
    lambda_svc._xray_trace_id_for_invocation = lambda config, inbound=None: draw(config, inbound or _header.get())


def _put_into_messages(s3: Any, sqs: Any) -> None:
    """Of the bucket's events alone: other senders name the header themselves, as on AWS.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-services-s3.html
    """
    deliver, complete = s3._deliver_event_to_sqs, sqs._ensure_msg_fields
    names = [list(inspect.signature(function).parameters) for function in (deliver, complete)]
    assert names == [["arn", "event_payload", "bucket_region", "bucket_name"], ["m"]], (
        "another emulator version: check this patch"
    )
    delivers: ContextVar[bool] = ContextVar("an event of the bucket is delivered", default=False)

    def deliver_traced(*arguments: Any, **named: Any) -> None:
        token = delivers.set(True)
        try:
            deliver(*arguments, **named)
        finally:
            delivers.reset(token)

    def complete_traced(message: dict[str, Any]) -> Any:
        completed = complete(message)
        if delivers.get() and _header.get():
            message["sys"].setdefault("AWSTraceHeader", _header.get())
        return completed

    s3._deliver_event_to_sqs, sqs._ensure_msg_fields = deliver_traced, complete_traced
