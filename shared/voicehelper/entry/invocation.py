"""``invocation``: log keys, span and deadline of one invocation; every kind of handler in this package uses it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from voicehelper.adapters.deadline import ending_in
from voicehelper.observability.logs import logger
from voicehelper.observability.traces import span

ANSWER_S: Final = 4.0  # kept for the work itself and its answer, when something else was waited for


@contextlib.contextmanager
def invocation(name: str, context: Any, request_id: str = "", keys: Mapping[str, Any] | None = None) -> Iterator[None]:
    """``name`` is the route, step or queue; ``keys`` are added to the log lines of this invocation only."""
    lambda_id = str(getattr(context, "aws_request_id", ""))
    with (
        logger().append_context_keys(request_id=request_id or lambda_id, entry=name, **(keys or {})),
        span(name),
        _within_its_time(context),
    ):
        yield


def _within_its_time(context: Any) -> contextlib.AbstractContextManager[None]:
    """Without Lambda's clock, as in tests, nothing ends."""
    if not hasattr(context, "get_remaining_time_in_millis"):
        return contextlib.nullcontext()
    return ending_in(context.get_remaining_time_in_millis() / 1000 - ANSWER_S)
