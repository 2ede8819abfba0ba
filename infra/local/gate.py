"""ASGI middleware before everything the emulator answers: lets in the stack's own parts, signed calls, presigned URLs
and upload forms, and nothing else.

Any page in a browser and any user of the machine can send requests to a port of 127.0.0.1, and the emulator runs what
it is given. So the gate asks three things: the Host (a foreign name that resolves to 127.0.0.1 is DNS rebinding), the
Origin (only the front door's own pages may call) and a signature. Entry: ``Gate``, installed by ``emulator_main``.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, quote

from infra.local.endpoint import FRONT_DOOR_HEADER
from infra.local.trace_headers import TRACE_HEADER, of_call
from infra.local.turns import Caller, calling

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_API_PATH: Final = "/_aws/execute-api/"
# What a presigned request may say besides its URL. Others could name another service, such as X-Amz-Target.
_PLAIN_HEADERS: Final = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-length"),
        *("content-type", "expect", "host", "if-match", "if-modified-since", "if-none-match", "if-range"),
        *("if-unmodified-since", "origin", "pragma", "range", "referer", "transfer-encoding", "user-agent"),
    }
)
_METHODS: Final = "GET, HEAD, POST, PUT"


class Signatures(Protocol):
    """``infra.local.signatures``, which only the emulator's interpreter can import."""

    def is_promising(self, headers: dict[str, str]) -> bool: ...
    def covers(
        self, method: str, raw_path: str, query: dict[str, list[str]], headers: dict[str, str], body: bytes
    ) -> bool: ...
    def covers_presigned(
        self, method: str, raw_path: str, query: dict[str, list[str]], headers: dict[str, str]
    ) -> bool: ...


class Gate:
    """``is_bucket`` says whether a name is a bucket's: upload forms carry their signature inside their body, where the
    bucket itself looks for it. ``service_hosts`` are AWS's own, which functions call under the conditions of AWS.
    """

    def __init__(
        self,
        app: App,
        *,
        port: int,
        origins: frozenset[str],
        front_door_token: str,
        signatures: Signatures,
        is_bucket: Callable[[str], bool],
        service_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._app, self._origins, self._token = app, origins, front_door_token.encode()
        self._signatures, self._is_bucket = signatures, is_bucket
        self._hosts = frozenset(name for host in ("127.0.0.1", "localhost") for name in (host, f"{host}:{port}"))
        # Containers of `sam local` call the machine by this name, and sign; so do functions with the names of services.
        self._signing_hosts = service_hosts | {f"host.docker.internal:{port}"}
        self._own_host = f"127.0.0.1:{port}".encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._handle(scope, receive, send)
        else:  # websockets: no part of the product uses any
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def _handle(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        if self._is_front_door(scope, headers):
            with of_call(headers.get(TRACE_HEADER, "")):
                await self._serve_front_door(scope, receive, send)
        elif not self._is_known_caller(headers):
            await _refuse(send, "This host or origin may not call the emulator.")
        elif scope["method"] == "OPTIONS" and "origin" in headers:
            await _answer_preflight(headers, send)
        elif (admitted := await self._admit(scope, headers, receive)) is None:
            await _refuse(send, "The request is not signed with the key of this start.")
        else:
            scope["headers"] = [*_without(scope, "host"), (b"host", self._own_host)]  # other names are buckets to it
            with of_call(headers.get(TRACE_HEADER, "") if "authorization" in headers else ""):
                await self._app(scope, admitted, _with_origin(send, headers.get("origin")))

    def _is_known_caller(self, headers: dict[str, str]) -> bool:
        host = headers.get("host", "").lower()
        signed = "authorization" in headers
        if host not in self._hosts and not (signed and host in self._signing_hosts):
            return False
        return "origin" not in headers or headers["origin"] in self._origins

    def _is_front_door(self, scope: Message, headers: dict[str, str]) -> bool:
        token = headers.get(FRONT_DOOR_HEADER, "").encode()
        known = hmac.compare_digest(token, self._token) and headers.get("host") in self._hosts
        return known and str(scope["path"]).startswith(_API_PATH)

    async def _serve_front_door(self, scope: Message, receive: Receive, send: Send) -> None:
        """The API answers for its own origins; a caller that leaves takes its waiting call along."""
        scope["headers"] = _without(scope, FRONT_DOOR_HEADER)
        body = await _body(receive)
        if body is not None:
            async with calling(Caller(), receive) as left:
                await self._app(scope, _replay(body, left), send)

    async def _admit(self, scope: Message, headers: dict[str, str], receive: Receive) -> Receive | None:
        """How the emulator receives a request that may pass; None for one that may not."""
        method, query = str(scope["method"]), _query(scope)
        raw_path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
        if "authorization" in headers:
            if not self._signatures.is_promising(headers) or (body := await _body(receive)) is None:
                return None
            signed = self._signatures.covers(method, raw_path, query, headers, body)
            return _replay(body, receive) if signed else None
        presigned = "X-Amz-Signature" in query
        if presigned and not self._signatures.covers_presigned(method, raw_path, query, headers):
            return None
        if presigned or self._is_upload_form(scope, headers):
            scope["headers"] = [
                pair for pair in scope["headers"] if pair[0].decode("latin-1").lower() in _PLAIN_HEADERS
            ]
            return receive
        return None

    def _is_upload_form(self, scope: Message, headers: dict[str, str]) -> bool:
        is_form = headers.get("content-type", "").lower().startswith("multipart/form-data")
        plain = scope["method"] == "POST" and not scope.get("query_string")
        return is_form and plain and self._is_bucket(str(scope["path"]).strip("/"))


def _without(scope: Message, header: str) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in scope["headers"] if _text(name) != header]


def _text(name: bytes) -> str:
    return name.decode("latin-1").lower()


def _headers(scope: Message) -> dict[str, str]:
    """By name in lower case, read as the emulator reads them: a repeated one is joined."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = _text(raw_name), _decode(raw_value)
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _decode(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _query(scope: Message) -> dict[str, list[str]]:
    return parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)


async def _body(receive: Receive) -> bytes | None:
    """The whole of it; None where the caller left before its end."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def _replay(body: bytes, afterwards: Receive) -> Receive:
    """Receive a body that was read already, then what comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await afterwards()

    return receive


def _with_origin(send: Send, origin: str | None) -> Send:
    """Name the one origin that may read the answer, or none; the emulator itself names all of them."""

    async def send_with_origin(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", []) if not pair[0].lower().startswith(b"access-control-")]
            named = [(name.encode(), value.encode()) for name, value in _readable_by(origin).items()]
            message = {**message, "headers": [*kept, *named]}
        await send(message)

    return send_with_origin


def _readable_by(origin: str | None) -> dict[str, str]:
    if origin is None:
        return {}
    return {"access-control-allow-origin": origin, "access-control-expose-headers": "ETag", "vary": "Origin"}


async def _answer_preflight(headers: dict[str, str], send: Send) -> None:
    answer = {
        "access-control-allow-methods": _METHODS,
        "access-control-allow-headers": headers.get("access-control-request-headers", ""),
        "access-control-max-age": "600",
    }
    await _answer(send, 204, {**_readable_by(headers["origin"]), **answer})


async def _refuse(send: Send, message: str) -> None:
    body = json.dumps({"code": "FORBIDDEN", "message": message}).encode()
    await _answer(send, 403, {"content-type": "application/json"}, body)


async def _answer(send: Send, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    length = [(b"content-length", str(len(body)).encode())] if status != 204 else []
    await send({"type": "http.response.start", "status": status, "headers": [*pairs, *length]})
    await send({"type": "http.response.body", "body": body})
