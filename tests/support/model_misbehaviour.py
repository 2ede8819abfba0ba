"""Replies of a model server that misbehaves, for ``openai_server``: slow, endless, huge, damaged or absurd ones."""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import time
from collections.abc import Callable, Iterator

from tests.support.openai_server import RAW, Handler, failure, raw

DRIP_S = 0.05
PIECE = b"x" * 1_000_000
_HEADERS = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
_EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


def slowly(text: bytes) -> Iterator[bytes]:
    """One byte at a time, the last one again and again."""
    for byte in itertools.chain(text, itertools.repeat(text[-1])):
        yield bytes([byte])
        time.sleep(DRIP_S)


def wait(text: bytes = b"") -> Iterator[bytes]:
    """The text, then nothing more, on a connection that stays open."""
    yield text
    while True:
        time.sleep(DRIP_S)
        yield b""


def wire(body: Callable[[], Iterator[bytes]]) -> Handler:
    """Everything that is sent, the status line included."""
    return lambda _: (RAW, {}, body())


def stall() -> Handler:
    return wire(wait)


def body_of(content: object, **usage: object) -> bytes:
    """A completion whose message has this content, as JSON with escapes."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}}
    return json.dumps({"choices": [choice], **({"usage": usage} if usage else {})}).encode()


@functools.cache
def gzip_bomb() -> bytes:
    """100 MB of spaces, 100 kB packed."""
    return gzip.compress(b" " * 100_000_000)


MISBEHAVIOURS: dict[str, Handler] = {
    "drips headers": wire(lambda: slowly(b"HTTP/1.1 200 OK\r\nx-filler: aaaaaaaaaa")),
    "drips the body": wire(lambda: slowly(_HEADERS + b"\r\n{ ")),
    "drips an event": wire(lambda: itertools.chain([_EVENTS], slowly(b"data: {"))),
    "drips comments": wire(lambda: itertools.chain([_EVENTS], itertools.cycle([b": ping\n\n"]))),
    "stalls before headers": stall(),
    "stalls after headers": wire(lambda: wait(_HEADERS + b"content-length: 500\r\n\r\n{")),
    "interim responses for ever": wire(lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)),
    "headers for ever": wire(
        lambda: itertools.chain([_HEADERS], itertools.repeat(b"x-filler: " + b"a" * 900 + b"\r\n"))
    ),
    "pieces for ever": wire(lambda: itertools.chain([_HEADERS + b"\r\n"], itertools.repeat(PIECE))),
    "a line for ever": wire(lambda: itertools.chain([_EVENTS, b"data: "], itertools.repeat(PIECE))),
    "24 MB": raw(body_of("x [1] " * 4_000_000)),
    "compressed without end": lambda _: (200, {"content_encoding": "gzip"}, gzip_bomb()),
    "unknown compression": raw(b"\x1b\x00", content_encoding="br"),
    "damaged compression": raw(b"\x1f\x8bnot gzip", content_encoding="gzip"),
    "busy for an hour": failure(429, retry_after="3600"),
    "busy until a date": failure(503, retry_after="Fri, 31 Dec 2100 23:59:59 GMT"),
    "fails": failure(500, retry_after="0"),
    "half of its JSON": raw(b'{"choices": [{"index": 0, "mess', retry_after="0"),
    "nested without end": raw(b'{"choices": ' + b"[" * 20_000, retry_after="0"),
    "HTML": raw(b"<html><body>502 Bad Gateway</body></html>", content_type="text/html"),
    "nothing": raw(b""),
    "null": raw(b"null"),
    "no content": raw(body_of(None)),
    "a number as content": raw(body_of(7)),
    "only unreadable characters": raw(body_of("\0\ud800\u202e")),
    "no choices": raw(b'{"choices": []}'),
    "refuses the key": failure(401),
}


def redirect(to: str) -> Handler:
    return lambda _: (307, {"location": to}, b"")
