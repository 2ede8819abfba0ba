"""``mcp_tool`` and ``list_tools``: tools of configured servers beside the product's own, as "<server>.<tool>".

``tool_resources`` builds both. Whatever a server says is data: names and schemas are bounded, and texts cannot cite.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ConfigDict, JsonValue

from voicehelper.agents.tools.bounds import shortened
from voicehelper.agents.tools.listing import ListedTool, ToolListing
from voicehelper.agents.tools.mcp.client import McpClient
from voicehelper.agents.tools.protocol import Arguments, Tool, ToolCall, ToolError, ToolResult, ToolSource
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.openai.replies import clean_text
from voicehelper.text.marks import without_marks

MAX_TOOLS: Final = 64  # of a server
MAX_SCHEMA_BYTES: Final = 8_000
_MAX_PAGES: Final = 10
_MAX_DESCRIPTION_CHARS: Final = 1_000
_MAX_PROBLEM_CHARS: Final = 500
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,63}")


class McpArguments(Arguments):
    """The server knows what its tool takes, and checks it."""

    model_config = ConfigDict(extra="allow", frozen=True)


def mcp_tool(name: str, clients: Mapping[str, McpClient]) -> Tool[McpArguments]:
    """ToolError TOOL_NOT_ALLOWED where no server of that name is configured."""
    server, _, called = name.partition(".")
    if server not in clients or not _NAME.fullmatch(called):
        raise ToolError("TOOL_NOT_ALLOWED", tool=name)

    def run(arguments: McpArguments, call: ToolCall) -> ToolResult:
        params = {"name": called, "arguments": arguments.model_extra or {}}
        return _result(name, clients[server].call("tools/call", params, once_key=call.key))

    return Tool(name=name, description=f"The tool {called} of {server}.", arguments=McpArguments, run=run)


def _result(name: str, reply: dict[str, Any]) -> ToolResult:
    structured: JsonValue = reply.get("structuredContent")
    parts = _texts(reply.get("content"))
    text = without_marks("\n\n".join(parts) or (json.dumps(structured, ensure_ascii=False) if structured else ""))
    if reply.get("isError"):
        raise ToolError("MCP_TOOL_FAILED", tool=name, problem=shortened(clean_text(text), _MAX_PROBLEM_CHARS))
    result: JsonValue = structured if structured is not None else text
    return ToolResult(observation=f"{name} [1]\n\n{text}", result=result, sources=[ToolSource(title=name)])


def _texts(content: Any) -> list[str]:
    """Texts and texts of resources; pictures and sounds are left out."""
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    resources = [part["resource"] for part in parts if isinstance(part.get("resource"), dict)]
    return [str(part["text"]) for part in [*parts, *resources] if isinstance(part.get("text"), str)]


def list_tools(clients: Mapping[str, McpClient]) -> ToolListing:
    """Of every server that answers; the others are named with a code."""
    listing = ToolListing()
    for server, client in clients.items():
        try:
            listing.tools.extend(_tools_of(server, client))
        except ToolError as error:
            listing.failed[server] = error.reason
        except UpstreamUnavailableError as error:
            listing.failed[server] = error.code
    return listing


def _tools_of(server: str, client: McpClient) -> list[ListedTool]:
    tools: dict[str, ListedTool] = {}
    for item in _items(client):
        tool = _listed(server, item)
        if tool and len(tools) < MAX_TOOLS:
            tools.setdefault(tool.name, tool)
    return list(tools.values())


def _items(client: McpClient) -> Iterator[dict[str, Any]]:
    cursor: dict[str, Any] = {}
    for _ in range(_MAX_PAGES):
        reply = client.call("tools/list", dict(cursor))
        items = reply.get("tools")
        yield from (item for item in (items if isinstance(items, list) else []) if isinstance(item, dict))
        if not isinstance(following := reply.get("nextCursor"), str) or not following:
            return
        cursor = {"cursor": following}


def _listed(server: str, item: dict[str, Any]) -> ListedTool | None:
    """None for a tool whose name or schema is beyond what a prompt may hold."""
    name, schema = item.get("name"), item.get("inputSchema", {"type": "object"})
    is_named = isinstance(name, str) and _NAME.fullmatch(name) is not None
    if not is_named or not isinstance(schema, dict) or len(json.dumps(schema).encode()) > MAX_SCHEMA_BYTES:
        return None
    description = shortened(clean_text(str(item.get("description") or "")), _MAX_DESCRIPTION_CHARS)
    return ListedTool(name=f"{server}.{name}", description=description, parameters=schema)
