"""Handlers of events that nobody waits for: ``event_target`` of an EventBridge rule, ``asynchronous_call`` of others.

Lambda repeats the call if it fails.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from voicehelper.entry.invocation import event_marks, invocation
from voicehelper.settings import check_settings

EventT = TypeVar("EventT", bound=BaseModel)
Handler = Callable[[dict[str, Any], Any], None]


def event_target(handle: Callable[[dict[str, Any]], None]) -> Handler:
    check_settings()

    @functools.wraps(handle)
    def handler(event: dict[str, Any], context: Any) -> None:
        with invocation(handle.__module__, context):
            handle(event["detail"])

    return handler


def asynchronous_call(event_type: type[EventT]) -> Callable[[Callable[[EventT], None]], Handler]:
    """Of another function of the deployment, or of a schedule; the event is validated."""

    def decorate(handle: Callable[[EventT], None]) -> Handler:
        check_settings()

        @functools.wraps(handle)
        def handler(event: dict[str, Any], context: Any) -> None:
            with invocation(handle.__module__, context, marks=event_marks(event)):
                handle(event_type.model_validate(event))

        return handler

    return decorate
