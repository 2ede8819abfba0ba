"""What an operator lets agents use outside, as JSON in an SSM parameter, which can be changed without a deployment.

``parse_agent_config`` is the entry; ``tool_resources`` calls it.

{"web_search": {"kind": "searxng", "url": "https://…"},
 "mcp": {"tickets": {"url": "https://…/mcp"}},
 "needs_approval": ["fetch_url", "tickets.create"]}

Keys stand in the secret beside those of the models, as "web_search" and "mcp:tickets". These addresses may be private:
who configures them is not who asks.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from voicehelper.errors import VoiceHelperError

Url = Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2_000)]
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


class McpServer(_Strict):
    """A server of the Model Context Protocol, over streamable HTTP."""

    url: Url


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
