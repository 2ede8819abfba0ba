"""``ClientCredentials``: tokens of OAuth for one MCP server, kept until they expire; ``client`` asks for them.

The grant is for a client without a user (https://www.rfc-editor.org/rfc/rfc6749#section-4.4); the client signs in by
HTTP Basic, which every server has to support (section 2.3.1).
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import httpx2

from voicehelper.agents.config import OAuthClient
from voicehelper.agents.tools.protocol import ToolError
from voicehelper.agents.tools.web.exchange import exchange, read_body
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.openai.call_budget import CallTimeoutError, ResponseTooLargeError
from voicehelper.models.protocols import Deadline

_MAX_BODY_BYTES: Final = 100_000
_EARLY_S: Final = 30.0  # before its end a token is not used any more: a call takes a while
_USUAL_LIFE_S: Final = 300.0  # of a token whose server names no end


class ClientCredentials:
    """``name`` is the operator's name of the server, for messages."""

    def __init__(
        self, name: str, client: OAuthClient, secret: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._client, self._secret, self._clock = name, client, secret, clock
        self._token, self._good_until = "", 0.0

    def token(self, deadline: Deadline) -> str:
        """ToolError MCP_REFUSED where the server gives none; UpstreamUnavailableError where it is away."""
        if not self.has_token():
            asked_at = self._clock()
            answer = self._ask(deadline)
            self._token, self._good_until = self._token_of(answer), asked_at + _life_s(answer) - _EARLY_S
        return self._token

    def has_token(self) -> bool:
        return bool(self._token) and self._clock() < self._good_until

    def forget(self) -> None:
        """The server does not take the token any more."""
        self._token = ""

    def _ask(self, deadline: Deadline) -> dict[str, Any]:
        sent = {"grant_type": "client_credentials", "scope": self._client.scope, "audience": self._client.audience}
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        headers["authorization"] = f"Basic {self._basic()}"
        body = urlencode({name: value for name, value in sent.items() if value})
        request = httpx2.Request("POST", self._client.token_url, content=body, headers=headers)
        try:
            with exchange(request, deadline, max_bytes=_MAX_BODY_BYTES) as response:
                status, content = response.status_code, read_body(response)
        except (httpx2.HTTPError, CallTimeoutError, ResponseTooLargeError) as error:
            raise UpstreamUnavailableError(f"tokens of MCP server {self._name}: {error}") from error
        if status == 429 or status >= 500:
            raise UpstreamUnavailableError(f"tokens of MCP server {self._name}: status {status}")
        answer = _json(content)
        if status != 200:
            raise self._refused(str(answer.get("error") or f"status {status}"))
        return answer

    def _basic(self) -> str:
        pair = f"{quote_plus(self._client.client_id)}:{quote_plus(self._secret)}"
        return base64.b64encode(pair.encode()).decode("ascii")

    def _token_of(self, answer: dict[str, Any]) -> str:
        token, kind = answer.get("access_token"), str(answer.get("token_type", "bearer"))
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
            raise self._refused("no token")
        if kind.lower() != "bearer":
            raise self._refused("no bearer token")
        return token

    def _refused(self, problem: str) -> ToolError:
        return ToolError("MCP_REFUSED", server=self._name, problem=f"OAuth: {problem}"[:300])


def _json(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _life_s(answer: dict[str, Any]) -> float:
    try:
        life_s = float(answer.get("expires_in", _USUAL_LIFE_S))
    except (TypeError, ValueError):
        return _USUAL_LIFE_S
    return life_s if 0 <= life_s < float("inf") else _USUAL_LIFE_S
