"""``invocation``: log keys, span and deadline of one invocation; every kind of handler in this package uses it.

``http_invocation`` is that of an endpoint, ``answered`` notes how it ended.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from voicehelper.adapters.deadline import ending_in
from voicehelper.observability.logs import logger
from voicehelper.observability.traces import labels, log_span, note_status, shown_header, traced
from voicehelper.settings import settings

ANSWER_S: Final = 4.0  # kept for the work itself and its answer, when something else was waited for
_PATH_IDS: Final = {"document": "document_id", "base": "kb_id", "task": "task_id"}


@contextlib.contextmanager
def invocation(
    name: str,
    context: Any,
    request_id: str = "",
    keys: Mapping[str, Any] | None = None,
    *,
    span_name: str = "",
    marks: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """``name`` is the route, step or queue; ``keys`` are added to the log lines of this invocation only, ``marks`` to
    its span, which ``span_name`` names where it is not ``name``.
    """
    own_id = request_id or str(getattr(context, "aws_request_id", ""))
    started = time.monotonic()
    with (
        logger().append_context_keys(request_id=own_id, entry=name, **(keys or {})),
        traced(span_name or name.rpartition(".")[2], request_id=own_id, **(marks or {})),
        _within_its_time(context),
    ):
        try:
            yield
        finally:
            log_span(name, time.monotonic() - started)
            if every := settings().trace_memory_every:
                from voicehelper.observability.memory import growth  # others do not pay for it

                growth.note(every)


def http_invocation(event: Mapping[str, Any], context: Any, request_id: str) -> contextlib.AbstractContextManager[None]:
    """The route's name and ids; nothing else of what a caller sent."""
    route, path = str(event.get("routeKey", "")), event.get("pathParameters") or {}
    caller = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    marks = labels(tenant=caller.get("tenant_id"), **{name: path.get(own) for name, own in _PATH_IDS.items()})
    return invocation(route, context, request_id, span_name=route, marks=marks)


def event_marks(event: Mapping[str, Any]) -> dict[str, str]:
    """What a step's event says it is about."""
    return labels(tenant=event.get("tenant_id"), **{name: event.get(own) for name, own in _PATH_IDS.items()})


def answered(response: dict[str, Any]) -> dict[str, Any]:
    """The response with the trace that its caller may name, its status noted in it."""
    note_status(response["statusCode"])
    header = {"x-amzn-trace-id": shown} if (shown := shown_header()) else {}
    return response | {"headers": header | response.get("headers", {})}


def _within_its_time(context: Any) -> contextlib.AbstractContextManager[None]:
    """Without Lambda's clock, as in tests, nothing ends."""
    if not hasattr(context, "get_remaining_time_in_millis"):
        return contextlib.nullcontext()
    return ending_in(context.get_remaining_time_in_millis() / 1000 - ANSWER_S)
