"""The calculator: ``CALCULATOR_TOOL``, whose function in functions/tools has neither a network nor a right."""

from __future__ import annotations

from voicehelper.agents.tools.arithmetic.evaluate import evaluate
from voicehelper.agents.tools.declarations import CALCULATOR, CalculatorArguments
from voicehelper.agents.tools.protocol import ToolCall, ToolResult


def calculate(arguments: CalculatorArguments, _: ToolCall) -> ToolResult:
    """``result`` is the number as text: "25.0", "360"."""
    result = evaluate(arguments.expression)
    shown = " ".join(arguments.expression.split()).rstrip("=?？ ")
    return ToolResult(observation=f"{shown} = {result}", result=result)


CALCULATOR_TOOL = CALCULATOR.tool(calculate)
