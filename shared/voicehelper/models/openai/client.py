"""The openai client without its own retries, time-outs by deadline, and the mapping of its errors to ours.

``chat`` and ``embedder`` wrap every call in ``map_errors``; ``factory`` calls ``make_client``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.openai.retrying import TransientError
from voicehelper.models.protocols import Deadline

if TYPE_CHECKING:
    from openai import OpenAI

CONNECT_TIMEOUT_S: Final = 3.0

ResultT = TypeVar("ResultT")


def make_client(base_url: str, api_key: str) -> OpenAI:
    from openai import OpenAI

    # Attempts are counted in ``retrying``; the client's own retries would multiply them.
    return OpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0)


def request_timeout(deadline: Deadline) -> Any:
    """The time-out of one call: the remaining time."""
    import httpx

    return httpx.Timeout(max(deadline.remaining(), 0.1), connect=CONNECT_TIMEOUT_S)


def map_errors(call: Callable[[], ResultT]) -> ResultT:
    """Raises TransientError for failures that a retry may overcome, UpstreamUnavailableError for the others."""
    import httpx
    import openai

    try:
        return call()
    except openai.APIStatusError as error:
        if error.status_code == 429 or error.status_code >= 500:
            raise TransientError(f"status {error.status_code}", _retry_after_s(error.response)) from error
        raise UpstreamUnavailableError(f"the provider refused: {error.status_code}") from error
    except (openai.APIError, httpx.HTTPError) as error:  # time-outs, broken connections, answers that are not JSON
        raise TransientError(type(error).__name__) from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise TransientError(f"the answer does not follow the protocol: {type(error).__name__}") from error


def _retry_after_s(response: object) -> float | None:
    """The header in seconds. Dates (RFC 9110 §10.2.3) are ignored, since no wait is longer than ten seconds."""
    headers = getattr(response, "headers", {})
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:
        return None
