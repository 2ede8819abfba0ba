"""``pipeline_step``: turns a function of a validated event into the handler of a state machine's step.

Step Functions matches errors by the exact name of their class, so a step raises families only: a new subclass would
silently lose its Retry.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from voicehelper.entry.invocation import event_marks, invocation
from voicehelper.errors import (
    DatabaseError,
    InvalidInputError,
    RejectedError,
    SupersededError,
    UpstreamUnavailableError,
    VoiceHelperError,
)
from voicehelper.observability.logs import logger
from voicehelper.settings import check_settings

EventT = TypeVar("EventT", bound=BaseModel)
ResultT = TypeVar("ResultT", bound=BaseModel)
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def pipeline_step(event_type: type[EventT], *, span: str = "") -> Callable[[Callable[[EventT], ResultT]], Handler]:
    """Validate the state's input, run the step, return JSON. ``event_type.log_keys`` are added to every log line;
    ``span`` names the step in traces, where that is not the function's own name.
    """

    def decorate(step: Callable[[EventT], ResultT]) -> Handler:
        check_settings()
        keys = getattr(event_type, "log_keys", ())

        @functools.wraps(step)
        def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
            named = {key: event.get(key) for key in keys}
            with invocation(step.__module__, context, keys=named, span_name=span, marks=event_marks(event)):
                try:
                    return step(_parse_event(event_type, event)).model_dump(mode="json")
                except VoiceHelperError as error:
                    raise_family(error)

        return handler

    return decorate


def _parse_event(event_type: type[EventT], event: dict[str, Any]) -> EventT:
    try:
        return event_type.model_validate(event)
    except ValidationError as error:
        raise InvalidInputError(f"the state machine passed no {event_type.__name__}: {error}") from error


def raise_family(error: VoiceHelperError) -> NoReturn:
    """Raises the error's family: transient and retried, rejected for good, superseded, or the error itself."""
    if isinstance(error, (UpstreamUnavailableError, DatabaseError)):
        raise UpstreamUnavailableError(str(error)) from error
    if isinstance(error, RejectedError):
        logger().warning("rejected", extra={"reason": error.reason, "explanation": str(error)})
        # The next state reads the message as the cause, so it contains the code only.
        raise RejectedError(error.reason) from error
    if isinstance(error, SupersededError):
        raise SupersededError(str(error)) from error
    raise error
