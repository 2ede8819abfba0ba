"""From a function over a validated event to a step of a state machine.

Step Functions matches errors by the exact name of their class, so a step lets only families out: a subclass that
somebody adds tomorrow would lose its Retry without a word.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from voicehelper.entry.invocation import invocation
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


def pipeline_step(event_type: type[EventT]) -> Callable[[Callable[[EventT], ResultT]], Handler]:
    """Validate the state's input, run, return JSON. ``event_type.log_keys`` go into every log line."""

    def decorate(step: Callable[[EventT], ResultT]) -> Handler:
        check_settings()
        keys = getattr(event_type, "log_keys", ())

        @functools.wraps(step)
        def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
            with invocation(step.__module__, context, keys={key: event.get(key) for key in keys}):
                try:
                    return step(_validated(event_type, event)).model_dump(mode="json")
                except VoiceHelperError as error:
                    raise_family(error)

        return handler

    return decorate


def _validated(event_type: type[EventT], event: dict[str, Any]) -> EventT:
    try:
        return event_type.model_validate(event)
    except ValidationError as error:
        raise InvalidInputError(f"the state machine passed no {event_type.__name__}: {error}") from error


def raise_family(error: VoiceHelperError) -> NoReturn:
    """The family of an error: what may pass and is tried again, what never can, what was overtaken, or itself."""
    if isinstance(error, (UpstreamUnavailableError, DatabaseError)):
        raise UpstreamUnavailableError(str(error)) from error
    if isinstance(error, RejectedError):
        logger().warning("rejected", extra={"reason": error.reason, "explanation": str(error)})
        # The message is the cause that the next state reads: the code only, no internals.
        raise RejectedError(error.reason) from error
    if isinstance(error, SupersededError):
        raise SupersededError(str(error)) from error
    raise error
