"""The resources of agents' tools, as ``resources`` builds them for all others; functions/tools calls it.

Imports are inside the functions: a tool's function loads only what its own tool uses.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.adapters.refreshing import Refreshing
    from voicehelper.agents.config import AgentConfig, McpServer
    from voicehelper.agents.tools.listing import ToolListing
    from voicehelper.agents.tools.mcp.client import McpClient
    from voicehelper.agents.tools.protocol import Tool

_MAX_AGE_S = 60.0  # after which a changed configuration takes effect


def agent_config() -> AgentConfig:
    """Nothing is configured where no parameter is named."""
    return _parse_config(_config_text().get())


@functools.lru_cache(maxsize=1)
def _parse_config(text: str) -> AgentConfig:
    from voicehelper.agents.config import parse_agent_config

    return parse_agent_config(text)


@functools.cache
def _config_text() -> Refreshing[str]:
    from voicehelper.adapters.aws_call import read_parameter
    from voicehelper.adapters.refreshing import Refreshing

    name = settings().agent_config_parameter
    return Refreshing(lambda: read_parameter(name) if name else "", max_age_s=_MAX_AGE_S, keep_stale=True)


@functools.cache
def fetch_url_tool() -> Tool[Any]:
    from voicehelper.agents.tools import fetch_url

    return fetch_url.fetch_url_tool()


def tool_keys() -> dict[str, str]:
    """Of the function's own kind of tool. Without a secret of its own they stand beside those of the models."""
    return _tool_keys().get()


@functools.cache
def _tool_keys() -> Refreshing[dict[str, str]]:
    from voicehelper.adapters.aws_call import read_secret
    from voicehelper.adapters.refreshing import Refreshing

    name = settings().tool_secret_name or settings().model_secret_name
    return Refreshing(lambda: dict(read_secret(name)[1]) if name else {}, max_age_s=_MAX_AGE_S, keep_stale=True)


def web_search_tool() -> Tool[Any]:
    from voicehelper.agents.tools import web_search

    return web_search.web_search_tool(agent_config().web_search, tool_keys().get("web_search", ""))


@functools.cache
def table_query_tool() -> Tool[Any]:
    from voicehelper.agents.tools import table_query
    from voicehelper.resources import content, database

    return table_query.table_query_tool(database(), content())


def mcp_tool(name: str) -> Tool[Any]:
    from voicehelper.agents.tools.mcp import tool

    return tool.mcp_tool(name, _mcp_clients())


def list_mcp_tools() -> ToolListing:
    from voicehelper.agents.tools.mcp import tool

    return tool.list_tools(_mcp_clients())


def _mcp_clients() -> dict[str, McpClient]:
    """By the servers' names."""
    keys = tool_keys()
    return {
        name: _mcp_client(name, server, keys.get(server.key or f"mcp:{name}", ""))
        for name, server in agent_config().mcp.items()
    }


@functools.lru_cache(maxsize=40)
def _mcp_client(name: str, server: McpServer, key: str) -> McpClient:
    """With another key, a new one: it keeps the tokens that it was given for the key."""
    from voicehelper.agents.tools.mcp.client import McpClient
    from voicehelper.agents.tools.mcp.tokens import ClientCredentials

    tokens = ClientCredentials(name, server.oauth, key) if server.oauth else None
    return McpClient(name, server, "" if tokens else key, tokens=tokens)
