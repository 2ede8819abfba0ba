"""JSON-RPC messages of a response, which is one JSON body or an event stream; ``client`` calls ``reply_of``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx2

from voicehelper.agents.tools.web.exchange import media_type, read_body

_DATA: Final = b"data:"


class NoReplyError(Exception):
    """The response ended, or was no protocol, before a reply to the request came."""


def reply_of(response: httpx2.Response, request_id: int) -> dict[str, Any]:
    """The reply with the request's id, of which an event stream may be kept open behind it."""
    for message in _messages(response):
        is_reply = isinstance(message, dict) and message.get("id") == request_id
        if is_reply and ("result" in message or "error" in message):
            return dict(message)
    raise NoReplyError("no reply to the request")


def _messages(response: httpx2.Response) -> Iterator[Any]:
    """Those of a batch one by one."""
    is_stream = media_type(response.headers)[0] == "text/event-stream"
    for text in _events(response) if is_stream else [read_body(response)]:
        value = _json(text)
        yield from value if isinstance(value, list) else [value]


def parsed(text: bytes) -> dict[str, Any]:
    """The object that the text holds; NoReplyError for anything else."""
    value = _json(text)
    if not isinstance(value, dict):
        raise NoReplyError("no JSON object")
    return value


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoReplyError(f"no JSON: {type(error).__name__}") from error


def _events(response: httpx2.Response) -> Iterator[bytes]:
    """The data of each event (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    data: list[bytes] = []
    for line in _lines(response):
        if line.startswith(_DATA):
            data.append(line.removeprefix(_DATA).removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data)
            data = []


def _lines(response: httpx2.Response) -> Iterator[bytes]:
    stream = response.stream
    assert isinstance(stream, httpx2.SyncByteStream)
    parts: list[bytes] = []
    for piece in stream:
        *ended, rest = piece.split(b"\n")
        for line in ended:
            yield b"".join([*parts, line]).removesuffix(b"\r")
            parts = []
        parts.append(rest)
    yield b"".join(parts).removesuffix(b"\r")
    yield b""
