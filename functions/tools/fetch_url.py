"""Agents' tool: a public web address → the text of its page."""

from voicehelper.entry.tools import tool_handler
from voicehelper.tool_resources import fetch_url_tool

handler = tool_handler(fetch_url_tool)
