"""What a task may name: the product's own tools, and those of configured MCP servers.

``functions/agents`` ask, and the planner that tells a chat model of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voicehelper.agents.config import AgentConfig
from voicehelper.agents.models import ToolInfo
from voicehelper.agents.tools.declarations import DECLARATIONS, TOOL_NAMES
from voicehelper.agents.tools.listing import ToolListing
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.observability.logs import logger

CallMcp = Callable[[dict[str, Any]], dict[str, Any]]


def is_known(name: str, config: AgentConfig) -> bool:
    """Whether there may be such a tool: of a server, its own function knows."""
    return name in TOOL_NAMES or name.partition(".")[0] in config.mcp


def unusable(config: AgentConfig) -> frozenset[str]:
    """Tools that nobody has configured."""
    return frozenset(() if config.web_search else ("web_search",))


def offered_tools(config: AgentConfig, call_mcp: CallMcp) -> list[ToolInfo]:
    """Those that can be used. Servers that are away have none."""
    own = [tool.listed() for tool in DECLARATIONS.values() if tool.name not in unusable(config)]
    others = _listed(call_mcp).tools if config.mcp else []
    return [ToolInfo(**tool.model_dump()) for tool in [*own, *others]]


def _listed(call_mcp: CallMcp) -> ToolListing:
    try:
        return ToolListing.model_validate(call_mcp({"task": "list"}))
    except UpstreamUnavailableError as error:
        logger().warning("tools of servers not known", extra={"explanation": str(error)})
        return ToolListing()
