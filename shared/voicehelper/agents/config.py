"""What an operator lets agents use outside, as JSON in an SSM parameter, which can be changed without a deployment.

``parse_agent_config`` is the entry; ``tool_resources`` calls it.

{"web_search": {"kind": "searxng", "url": "https://…"},
 "mcp": {"tickets": {"url": "https://…/mcp"}},
 "needs_approval": ["fetch_url", "tickets.create"]}

Keys stand in the secrets of web search and of MCP servers, as "web_search" and "mcp:tickets" or as the server's "key"
says; without such a secret, beside those of the models. A server that takes tokens of OAuth has
"oauth": {"token_url": "https://…", "client_id": "…", "scope": "…"}, and its key is the client's secret. These addresses
may be private: who configures them is not who asks.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from voicehelper.errors import VoiceHelperError

Url = Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2_000)]
# A secret is sent there, which only TLS keeps: https://www.rfc-editor.org/rfc/rfc6749#section-3.2
TokenUrl = Annotated[
    str, StringConstraints(pattern=r"^(https://|http://(localhost|127\.0\.0\.1)[:/])", max_length=2_000)
]
# Without a dot, which separates it from the names of its tools.
ServerName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class AgentConfigInvalidError(VoiceHelperError):
    """A mistake in the deployment's configuration; the reason is logged, callers get an internal error."""

    code = "INTERNAL_ERROR"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebSearchService(_Strict):
    """An endpoint that answers as SearXNG or as Brave does."""

    kind: Literal["searxng", "brave"]
    url: Url


class OAuthClient(_Strict):
    """How a token is asked for without a user: https://www.rfc-editor.org/rfc/rfc6749#section-4.4"""

    token_url: TokenUrl
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    scope: Annotated[str, StringConstraints(max_length=1_000)] = ""
    audience: Annotated[str, StringConstraints(max_length=1_000)] = ""  # some servers ask for whom the token is


class McpServer(_Strict):
    """A server of the Model Context Protocol, over streamable HTTP. ``key`` names the field of the secret."""

    url: Url
    key: Annotated[str, StringConstraints(max_length=200)] = ""
    oauth: OAuthClient | None = None


class AgentConfig(_Strict):
    """``needs_approval`` names tools that pause a run until a person approved the call."""

    web_search: WebSearchService | None = None
    mcp: dict[ServerName, McpServer] = Field(default={}, max_length=20)
    needs_approval: list[str] = []


def parse_agent_config(text: str) -> AgentConfig:
    """Nothing is configured by an empty text. AgentConfigInvalidError names the first invalid field."""
    try:
        return AgentConfig.model_validate_json(text or "{}")
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise AgentConfigInvalidError(f"agent configuration: {place}: {first['msg']}") from error
