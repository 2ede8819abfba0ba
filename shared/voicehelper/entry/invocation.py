"""``invocation``: log keys and span of one invocation; every kind of handler in this package uses it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from voicehelper.observability.logs import logger
from voicehelper.observability.traces import span


@contextlib.contextmanager
def invocation(name: str, context: Any, request_id: str = "", keys: Mapping[str, Any] | None = None) -> Iterator[None]:
    """``name`` is the route, step or queue; ``keys`` are added to the log lines of this invocation only."""
    lambda_id = str(getattr(context, "aws_request_id", ""))
    with logger().append_context_keys(request_id=request_id or lambda_id, entry=name, **(keys or {})), span(name):
        yield
