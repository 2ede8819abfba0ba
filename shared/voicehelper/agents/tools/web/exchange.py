"""``exchange``: one HTTP request of a tool within a deadline and a number of bytes, without cookies or redirects."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Final

import httpx2

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.openai.call_budget import CallBudget
from voicehelper.models.openai.network import LookUp
from voicehelper.models.openai.transport import BudgetedTransport
from voicehelper.models.protocols import Deadline

USER_AGENT: Final = "VoiceHelper"


@contextlib.contextmanager
def exchange(
    request: httpx2.Request, deadline: Deadline, *, max_bytes: int, look_up: LookUp | None = None
) -> Iterator[httpx2.Response]:
    """The response, whose ``stream`` is read inside the block; nothing is kept for another call.

    Raises httpx2.HTTPError, and CallTimeoutError and ResponseTooLargeError of ``models.openai.call_budget``.
    """
    request.headers.setdefault("user-agent", USER_AGENT)
    transport, budget = BudgetedTransport(look_up), CallBudget(deadline, max_bytes)
    try:
        with budget.active():
            response = transport.handle_request(request)
        with contextlib.closing(response):
            yield response
    finally:
        transport.close()


@contextlib.contextmanager
def away_as_upstream(name: str) -> Iterator[None]:
    """UpstreamUnavailableError for a configured service that does not answer: the call may be made again."""
    try:
        yield
    except httpx2.HTTPError as error:
        raise UpstreamUnavailableError(f"{name}: {error}") from error


def read_body(response: httpx2.Response) -> bytes:
    """The whole body, decompressed; the errors of ``exchange``."""
    stream = response.stream
    assert isinstance(stream, httpx2.SyncByteStream)
    return b"".join(stream)


def media_type(headers: Mapping[str, str]) -> tuple[str, str]:
    """(type, charset), both in lower case and empty where the response names none."""
    kind, *parameters = headers.get("content-type", "").lower().split(";")
    named = (part.strip().partition("=") for part in parameters)
    charset = next((value.strip("\"' ") for name, _, value in named if name.strip() == "charset"), "")
    return kind.strip(), charset[:40]
