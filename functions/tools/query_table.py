"""Agents' tool: one SQL query over the tables of an uploaded document."""

from voicehelper.entry.tools import tool_handler
from voicehelper.tool_resources import table_query_tool

handler = tool_handler(table_query_tool)
