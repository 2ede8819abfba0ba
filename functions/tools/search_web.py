"""Agents' tool: a query → results of the configured search engine."""

from voicehelper.entry.tools import tool_handler
from voicehelper.tool_resources import web_search_tool

handler = tool_handler(web_search_tool)
