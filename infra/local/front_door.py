"""Reverse proxy at http://localhost:3000 in front of the emulated API Gateway, with the gateway's own limits.

Entry: ``main``, a process of its own that the stack starts. The emulator answers some paths of its own on every host
name; through this proxy only the product answers.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import AsyncIterator

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import preferred_language

# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MAX_BODY_BYTES = 10 * 1024 * 1024
GATEWAY_TIMEOUT_S = 30.0
# Hop-by-hop headers (RFC 9110 §7.6.1), and the length, which is set anew.
_HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length"}
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]


class FrontDoor:
    def __init__(self, api_url: str) -> None:
        self._api_url = api_url
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(GATEWAY_TIMEOUT_S + 5, connect=3))
        del self._client.headers["accept-encoding"]  # the caller's own goes through, and none where it sent none

    async def forward(self, request: Request) -> Response:
        body = await _limited_body(request)
        if body is None:
            return _refusal(request, 413, "PAYLOAD_TOO_LARGE")
        headers = [(name, value) for name, value in request.headers.raw if name.decode().lower() not in _HOP_BY_HOP]
        path = request.scope.get("raw_path", request.url.path.encode()).decode().partition("?")[0]
        query = f"?{request.url.query}" if request.url.query else ""
        upstream_request = self._client.build_request(
            request.method, f"{self._api_url}{path}{query}", headers=headers, content=body
        )
        try:
            answer = await self._client.send(upstream_request, stream=True)
        except httpx.HTTPError:
            return _refusal(request, 503, "UPSTREAM_UNAVAILABLE")
        response = StreamingResponse(_pieces(answer), answer.status_code)
        response.raw_headers = [
            (name, value) for name, value in answer.headers.raw if name.decode().lower() not in _HOP_BY_HOP
        ]
        return response


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


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:  # also when the caller has disconnected
        await answer.aclose()


def _refusal(request: Request, status: int, code: str) -> JSONResponse:
    message = message_for(code, preferred_language(request.headers.get("accept-language")))
    return JSONResponse({"code": code, "message": message}, status, {"x-request-id": str(uuid.uuid4())})


def main(port: int, api_url: str) -> None:
    door = FrontDoor(api_url)
    app = Starlette(routes=[Route("/{path:path}", door.forward, methods=_METHODS)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
