"""``event_target``: turns a function of an event's detail into the handler of an EventBridge rule.

EventBridge repeats the call if it fails.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from voicehelper.entry.invocation import invocation
from voicehelper.settings import check_settings


def event_target(handle: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any], Any], None]:
    check_settings()

    @functools.wraps(handle)
    def handler(event: dict[str, Any], context: Any) -> None:
        with invocation(handle.__module__, context):
            handle(event["detail"])

    return handler
