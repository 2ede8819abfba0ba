"""Agents' tools of configured MCP servers: a call of one, or the list of all."""

from voicehelper.entry.tools import mcp_handler
from voicehelper.tool_resources import list_mcp_tools, mcp_tool

handler = mcp_handler(mcp_tool, list_mcp_tools)
