"""``McpClient``: calls of one MCP server over streamable HTTP; ``tool`` is the caller.

A call is one POST of protocol 2026-07-28, which has no sessions. A server that does not know it is asked again in the
way of 2025-06-18: a handshake, a session where the server wants one, then the call. A call that may have acted is never
sent twice.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any, Final

import httpcore2
import httpx2

from voicehelper.agents.config import McpServer
from voicehelper.agents.tools.mcp.messages import NoReplyError, parsed, reply_of
from voicehelper.agents.tools.mcp.tokens import ClientCredentials
from voicehelper.agents.tools.protocol import ToolError
from voicehelper.agents.tools.web.exchange import exchange, read_body
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.openai.call_budget import CallTimeoutError, ResponseTooLargeError
from voicehelper.models.protocols import Deadline

WITHIN_S: Final = 25.0
MAX_BODY_BYTES: Final = 2_000_000
NEWEST: Final = "2026-07-28"
OLDER: Final = "2025-06-18"
_META: Final = {"io.modelcontextprotocol/protocolVersion": NEWEST, "io.modelcontextprotocol/clientCapabilities": {}}
_CLIENT: Final = {"name": "VoiceHelper", "version": "1"}
_ACCEPTED: Final = "application/json, text/event-stream"
_UNKNOWN_PROTOCOL_STATUSES: Final = frozenset({400, 404, 405, 406, 415, 422})
# Invalid request, unknown method, not initialised, unsupported version: nothing was carried out.
_UNKNOWN_PROTOCOL_ERRORS: Final = frozenset({-32600, -32601, -32002, -32004, -32022})
# Invalid parameters and the like: the server knows the protocol, and refuses this call.
_REFUSALS: Final = frozenset({-32602, -32603, -32020, -32021})
_BUSY: Final = frozenset({429, 503})
_UNAUTHORIZED: Final = 401


class _OtherProtocolError(Exception):
    """The server does not speak the newest protocol, and carried nothing out."""


class _TokenRefusedError(Exception):
    """The server does not take a token that it was sent before."""


class McpClient:
    """``name`` is the operator's name of the server; ``key`` is sent as a bearer token, or one of ``tokens``."""

    def __init__(
        self,
        name: str,
        server: McpServer,
        key: str = "",
        *,
        tokens: ClientCredentials | None = None,
        within_s: float = WITHIN_S,
    ) -> None:
        self._name, self._url, self._key, self._tokens, self._within_s = name, server.url, key, tokens, within_s

    def call(self, method: str, params: dict[str, Any], *, once_key: str = "") -> dict[str, Any]:
        """The result. ``once_key`` marks a call that may act: it is sent with it, and not again once it has left.

        ToolError MCP_REFUSED or MCP_NO_ANSWER; UpstreamUnavailableError where the call can be made again.
        """
        deadline = Deadline(time.monotonic() + self._within_s)
        extra = {"idempotency-key": once_key} if once_key else {}
        try:
            meta: dict[str, Any] = _META | ({"idempotencyKey": once_key} if once_key else {})
            headers = {"mcp-protocol-version": NEWEST, "mcp-method": method} | extra
            headers |= {"mcp-name": params["name"]} if "name" in params else {}
            reply, _ = self._post(1, method, params | {"_meta": meta}, headers, deadline, acts=bool(once_key))
        except _OtherProtocolError:
            reply = self._call_older(method, params, extra, deadline, once_key)
        return self._result(reply)

    def _call_older(
        self, method: str, params: dict[str, Any], extra: dict[str, str], deadline: Deadline, once_key: str
    ) -> dict[str, Any]:
        begin: dict[str, Any] = {"protocolVersion": OLDER, "capabilities": {}, "clientInfo": _CLIENT}
        try:
            reply, session = self._post(1, "initialize", begin, {}, deadline)
            version = str(self._result(reply).get("protocolVersion", OLDER))
            headers = {"mcp-protocol-version": version} | ({"mcp-session-id": session} if session else {})
            self._post(None, "notifications/initialized", {}, headers, deadline)
            sent = params | ({"_meta": {"idempotencyKey": once_key}} if once_key else {})
            reply, _ = self._post(2, method, sent, headers | extra, deadline, acts=bool(once_key))
        except _OtherProtocolError as error:
            raise ToolError("MCP_REFUSED", server=self._name, problem=str(error)) from error
        if session:
            self._end_session(headers, deadline)
        return reply

    def _result(self, reply: dict[str, Any]) -> dict[str, Any]:
        if (error := reply.get("error")) is not None:
            problem = error.get("message") if isinstance(error, dict) else error
            raise ToolError("MCP_REFUSED", server=self._name, problem=str(problem)[:300])
        result = reply.get("result")
        return result if isinstance(result, dict) else {}

    def _post(
        self,
        request_id: int | None,
        method: str,
        params: dict[str, Any],
        headers: dict[str, str],
        deadline: Deadline,
        *,
        acts: bool = False,
    ) -> tuple[dict[str, Any], str]:
        """(reply, session); a notification, which has no id, has no reply."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        message |= {} if request_id is None else {"id": request_id}
        try:
            reply, session = self._exchange(message, headers, deadline, acts=acts)
        except _TokenRefusedError:  # nothing was carried out; a token may end before its time
            reply, session = self._exchange(message, headers, deadline, acts=acts)
        _require_known_protocol(reply, method)
        return reply, session

    def _exchange(
        self, message: dict[str, Any], headers: dict[str, str], deadline: Deadline, *, acts: bool
    ) -> tuple[dict[str, Any], str]:
        sent, is_new = self._headers(headers, deadline)
        request = httpx2.Request("POST", self._url, content=json.dumps(message), headers=sent)
        with self._as_tool_errors(acts=acts), exchange(request, deadline, max_bytes=MAX_BODY_BYTES) as response:
            if response.status_code == _UNAUTHORIZED and self._tokens and not is_new:
                self._tokens.forget()
                raise _TokenRefusedError
            self._check_status(response, acts=acts)
            reply = reply_of(response, message["id"]) if "id" in message else {}
            return reply, response.headers.get("mcp-session-id", "")

    def _headers(self, headers: dict[str, str], deadline: Deadline) -> tuple[dict[str, str], bool]:
        """With the key or token; and whether the token was asked for just now."""
        is_new = self._tokens is not None and not self._tokens.has_token()
        key = self._tokens.token(deadline) if self._tokens else self._key
        bearer = {"authorization": f"Bearer {key}"} if key else {}
        fixed = {"content-type": "application/json", "accept": _ACCEPTED}
        return fixed | headers | bearer, is_new

    def _check_status(self, response: httpx2.Response, *, acts: bool) -> None:
        status = response.status_code
        if status in _UNKNOWN_PROTOCOL_STATUSES:
            self._refuse_named(response)
            raise _OtherProtocolError(f"status {status}")
        if status in _BUSY or (status >= 500 and not acts):
            raise UpstreamUnavailableError(f"MCP server {self._name}: status {status}")
        if status >= 500:
            raise ToolError("MCP_NO_ANSWER", f"status {status}", server=self._name)
        if status >= 300:
            raise ToolError("MCP_REFUSED", server=self._name, problem=f"status {status}")

    def _refuse_named(self, response: httpx2.Response) -> None:
        """ToolError MCP_REFUSED where the body says that the call, and not its protocol, is at fault."""
        with contextlib.suppress(NoReplyError):
            error = parsed(read_body(response)).get("error", {})
            if isinstance(error, dict) and error.get("code") in _REFUSALS:
                self._result({"error": error})

    @contextlib.contextmanager
    def _as_tool_errors(self, *, acts: bool) -> Iterator[None]:
        try:
            yield
        except (httpx2.HTTPError, NoReplyError, CallTimeoutError, ResponseTooLargeError) as error:
            was_sent = not isinstance(error.__cause__, httpcore2.ConnectError | httpcore2.ConnectTimeout)
            if acts and was_sent:
                raise ToolError("MCP_NO_ANSWER", str(error), server=self._name) from error
            raise UpstreamUnavailableError(f"MCP server {self._name}: {error}") from error

    def _end_session(self, headers: dict[str, str], deadline: Deadline) -> None:
        """A courtesy: a server forgets sessions by itself."""
        request = httpx2.Request("DELETE", self._url, headers=self._headers(headers, deadline)[0])
        with (
            contextlib.suppress(httpx2.HTTPError, UpstreamUnavailableError),
            exchange(request, deadline, max_bytes=MAX_BODY_BYTES),
        ):
            pass


def _require_known_protocol(reply: dict[str, Any], method: str) -> None:
    error = reply.get("error")
    if isinstance(error, dict) and error.get("code") in _UNKNOWN_PROTOCOL_ERRORS and method != "initialize":
        raise _OtherProtocolError(str(error.get("message"))[:300])
