"""The openai client without its own retries, and ``remote_call``, which every call of a remote model goes through.

``chat`` and ``embedder`` call ``remote_call``; ``factory`` calls ``make_client``.
"""

from __future__ import annotations

import contextlib
import email.utils
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, TypeVar

import httpx2
import openai
from openai import OpenAI

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.errors import RequestRefusedError
from voicehelper.models.openai.call_budget import CallBudget, ResponseTooLargeError
from voicehelper.models.openai.retrying import TransientError, with_retries
from voicehelper.models.openai.transport import http_client
from voicehelper.models.protocols import Deadline
from voicehelper.observability.traces import span

CONNECT_TIMEOUT_S: Final = 3.0
_REFUSALS_OF_A_REQUEST: Final = frozenset({400, 413, 422})

ResultT = TypeVar("ResultT")


def make_client(base_url: str, api_key: str) -> OpenAI:
    """A client for ``remote_call``; a call outside it fails, because it would have no limits."""
    # Attempts are counted in ``retrying``; the client's own retries would multiply them. Reads have no time-out of
    # their own: the budget's deadline is theirs.
    timeout = httpx2.Timeout(None, connect=CONNECT_TIMEOUT_S)
    return OpenAI(
        base_url=base_url, api_key=api_key or "none", max_retries=0, timeout=timeout, http_client=http_client()
    )


def remote_call(
    call: Callable[[], ResultT], deadline: Deadline, *, model: str, max_bytes: int, attempt_s: float = math.inf
) -> ResultT:
    """The result of ``call``, which is attempted again after transient failures while there is time.

    Each attempt may take half of the time that is left, but at least ``attempt_s``, and reads at most ``max_bytes`` of
    the response's body. UpstreamUnavailableError for every failure. What is streamed after this function has returned
    keeps the bound of bytes, and may take all of the time.
    """

    def attempt() -> ResultT:
        within_s = max(attempt_s, deadline.remaining() / 2)
        budget = CallBudget(deadline.within(within_s), max_bytes)
        with _attempt(budget, deadline):
            result = map_errors(call)
        budget.deadline = deadline
        return result

    with span("model_call", model=model):
        return with_retries(attempt, deadline)


@contextlib.contextmanager
def _attempt(budget: CallBudget, deadline: Deadline) -> Iterator[None]:
    """A server that hangs, or sends without end, may answer the next attempt; after a hang no wait precedes it."""
    try:
        with budget.active():
            yield
    except UpstreamUnavailableError as error:
        if budget.deadline.remaining() <= 0 < deadline.remaining():
            raise TransientError("the attempt did not end in time", retry_after_s=0.0) from error
        if isinstance(error, ResponseTooLargeError):
            raise TransientError(str(error)) from error
        raise


def map_errors(call: Callable[[], ResultT]) -> ResultT:
    """Raises TransientError for failures that a retry may overcome, UpstreamUnavailableError for the others."""
    try:
        return call()
    except openai.APIStatusError as error:
        if error.status_code == 429 or error.status_code >= 500:
            raise TransientError(f"status {error.status_code}", retry_after_s(error.response)) from error
        kind = RequestRefusedError if error.status_code in _REFUSALS_OF_A_REQUEST else UpstreamUnavailableError
        raise kind(f"the provider refused: {error.status_code}") from error
    except (openai.APIError, httpx2.HTTPError) as error:  # time-outs, broken connections, answers that are not JSON
        raise TransientError(type(error).__name__) from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise TransientError(f"the answer does not follow the protocol: {type(error).__name__}") from error


def retry_after_s(response: httpx2.Response) -> float | None:
    """The wait that the server asks for, from seconds or a date (RFC 9110 §10.2.3); None if it asks for none."""
    value = response.headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return max(seconds, 0.0) if not math.isnan(seconds) else None


def _seconds_until(date: str) -> float:
    """NaN for text that is not a date."""
    try:
        return (email.utils.parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without time zone
        return math.nan
