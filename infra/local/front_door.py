"""Reverse proxy at http://localhost:3000 in front of the emulated API Gateway, with the gateway's own limits.

Entry: ``main``, a process of its own that the stack starts. The emulator answers some paths of its own on every host
name; through this proxy only the product answers, and only in the product's shape.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import preferred_language
from voicehelper.protocols.refusals import refusal_body

from infra.local.call_traces import CLIENT_LEFT, RATE_VARIABLE, CallTrace
from infra.local.endpoint import FRONT_DOOR_HEADER, FRONT_DOOR_HOSTS, FRONT_DOOR_TOKEN_VARIABLE
from infra.local.targets import is_plain_path
from infra.local.trace_headers import TRACE_HEADER

# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MAX_BODY_BYTES = 10 * 1024 * 1024
GATEWAY_TIMEOUT_S = 30.0
RETRY_AFTER_S: Final = 5
# Calls of one route at once, as the gateway's throttling bounds them: some seconds' worth of questions. Those over it
# could only wait until they are refused, and each costs the emulator and the authorizer a tenth of an answer.
ROUTE_AT_ONCE: Final = 48 * (os.cpu_count() or 2)
# Hop-by-hop headers (RFC 9110 §7.6.1), those of a proxy, and the length, which is set anew.
_HOP_BY_HOP = {
    *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length"),
    *("proxy-connection", "proxy-authenticate", "proxy-authorization", FRONT_DOOR_HEADER),
}
_ID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"}


class FrontDoor:
    """An ASGI application, without a router in front: it sees every target as the caller spelled it."""

    def __init__(self, api_url: str, *, port: int, token: str = "", trace_rate: float = 1.0) -> None:
        parts = urlsplit(api_url)
        self._origin, self._prefix = f"{parts.scheme}://{parts.netloc}", parts.path.encode()
        self._hosts = {f"{host}:{port}" for host in FRONT_DOOR_HOSTS}
        self._token, self._trace_rate = token, trace_rate
        self._calls: Counter[str] = Counter()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)  # the functions bound themselves
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(GATEWAY_TIMEOUT_S + 5, connect=3), limits=limits)
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # callers share it
        del self._client.headers["accept-encoding"]  # the caller's own goes through, and none where it sent none

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        trace = CallTrace.begin(request.method, rate=self._trace_rate)
        try:
            response = await self.forward(request, trace)
        except ClientDisconnect:
            trace.end(CLIENT_LEFT, "")
            return
        trace.end(response.status_code, response.headers.get("x-request-id", ""))
        response.headers.setdefault(TRACE_HEADER, trace.shown)
        with contextlib.suppress(ClientDisconnect):
            await response(scope, receive, send)

    async def forward(self, request: Request, trace: CallTrace) -> Response:
        if [host.lower() in self._hosts for host in request.headers.getlist("host")] != [True]:
            return _refusal(request, 403, "FORBIDDEN")
        if request.method not in _METHODS:
            return _refusal(request, 405, "METHOD_NOT_ALLOWED")
        if not is_plain_path(request.scope["raw_path"]):
            return _refusal(request, 404, "NOT_FOUND")
        body = await _limited_body(request)
        if body is None:
            return _refusal(request, 413, "PAYLOAD_TOO_LARGE")
        with self._taking_part(route_of(request.method, request.scope["path"])) as is_admitted:
            if not is_admitted:
                return _refusal(request, 429, "TOO_MANY_REQUESTS", wait_s=RETRY_AFTER_S)
            try:
                answer = await self._ask(request, body, trace)
            except httpx.HTTPError:
                return _refusal(request, 503, "UPSTREAM_UNAVAILABLE", wait_s=RETRY_AFTER_S)
            return await _shaped(request, answer)

    @contextlib.contextmanager
    def _taking_part(self, route: str) -> Iterator[bool]:
        """Whether one more call of the route may wait for its answer; it counts until the answer begins."""
        if self._calls[route] >= ROUTE_AT_ONCE:
            yield False
            return
        self._calls[route] += 1
        try:
            yield True
        finally:
            self._calls[route] -= 1
            if not self._calls[route]:
                del self._calls[route]

    async def _ask(self, request: Request, body: bytes, trace: CallTrace) -> httpx.Response:
        """The gateway's answer. When the caller leaves first, so do we: ClientDisconnect."""
        asked = asyncio.ensure_future(self._client.send(self._upstream_request(request, body, trace), stream=True))
        left = asyncio.ensure_future(_disconnection(request))
        try:
            await asyncio.wait({asked, left}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise ClientDisconnect
            return asked.result()
        finally:
            for task in (asked, left):
                task.cancel()

    def _upstream_request(self, request: Request, body: bytes, trace: CallTrace) -> httpx.Request:
        """The target is put together, never parsed: a parser would resolve what a caller has hidden in it."""
        query = request.scope["query_string"]
        target = self._prefix + request.scope["raw_path"] + (b"?" + query if query else b"")
        headers = [pair for pair in _end_to_end(request.headers.raw) if pair[0].lower() != TRACE_HEADER.encode()]
        headers.append(trace.upstream)
        if self._token:
            headers.append((FRONT_DOOR_HEADER.encode(), self._token.encode()))
        return self._client.build_request(
            request.method, self._origin, headers=headers, content=body, extensions={"target": target}
        )


def route_of(method: str, path: str) -> str:
    """The same for all calls of a route: its path without the ids."""
    return f"{method} {_ID.sub('{id}', path)}"


def _end_to_end(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Without those that belong to one connection, the ones its Connection header names included."""
    named = [value.decode("latin-1").lower() for name, value in headers if name.lower() == b"connection"]
    dropped = _HOP_BY_HOP | {option.strip() for value in named for option in value.split(",")}
    return [(name, value) for name, value in headers if name.decode("latin-1").lower() not in dropped]


async def _disconnection(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _limited_body(request: Request) -> bytes | None:
    """None for a body over the gateway's limit."""
    size = int(request.headers.get("content-length", "0") or 0)
    if size > MAX_BODY_BYTES and "expect" in request.headers:
        return None
    body = bytearray()
    async for piece in request.stream():
        size = max(size, len(body) + len(piece))
        # Keep reading and discard: many clients only see a broken connection if answered before they have sent it all.
        if size <= MAX_BODY_BYTES:
            body += piece
        elif size > 20 * MAX_BODY_BYTES:
            return None
    return bytes(body) if size <= MAX_BODY_BYTES else None


async def _shaped(request: Request, answer: httpx.Response) -> Response:
    """The product's answers as they are; the gateway's own errors, which name no request, in the product's shape.

    They come from functions that are throttled, time out or die, the authorizer among them.
    """
    failed = answer.status_code == 429 or answer.status_code >= 500
    if failed and "x-request-id" not in answer.headers:
        await answer.aclose()
        if answer.status_code == 429:
            return _refusal(request, 429, "TOO_MANY_REQUESTS", wait_s=RETRY_AFTER_S)
        return _refusal(request, 503, "UPSTREAM_UNAVAILABLE", wait_s=RETRY_AFTER_S)
    response = StreamingResponse(_pieces(answer), answer.status_code)
    response.raw_headers = _end_to_end(answer.headers.raw)
    return response


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:  # also when the caller has disconnected
        await answer.aclose()


def _refusal(request: Request, status: int, code: str, *, wait_s: int = 0) -> JSONResponse:
    language = preferred_language(request.headers.get("accept-language"))
    details = {"retry_after_s": wait_s} if status == 429 else None
    body = refusal_body(request.scope["path"], status, code, message_for(code, language, details), details)
    headers = {"x-request-id": str(uuid.uuid4()), "content-language": language}
    if wait_s:
        headers["retry-after"] = str(wait_s)
    return JSONResponse(body, status, headers)


def main(port: int, api_url: str) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # two connections for each call that waits
    rate = float(os.environ.get(RATE_VARIABLE, "1"))
    door = FrontDoor(api_url, port=port, token=os.environ.get(FRONT_DOOR_TOKEN_VARIABLE, ""), trace_rate=rate)
    # h11 hands over the target as it came; other parsers take it apart first.
    uvicorn.run(
        door, host="127.0.0.1", port=port, http="h11", ws="none", lifespan="off", log_level="warning", access_log=False
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
