"""Agents' tool: one arithmetic expression → its value."""

from voicehelper.agents.tools.calculator import CALCULATOR_TOOL
from voicehelper.entry.tools import tool_handler

handler = tool_handler(CALCULATOR_TOOL)
