"""Observations of steps as tools return them, for the tests of this folder."""

from __future__ import annotations

from pydantic import JsonValue
from voicehelper.agents.planning.plan import Observed, PlannedStep
from voicehelper.agents.tools.protocol import ToolFailure, ToolResult, ToolSource


def answered(question: str, observation: str, *, step: int = 1, sources: int = 1, name: str = "report.pdf") -> Observed:
    """An answer of the knowledge base; its sources are pages 1, 2 … of ``name``."""
    pages = [ToolSource(title=name, filename=name, page=page) for page in range(1, sources + 1)]
    said: dict[str, JsonValue] = {"status": "answered", "answer": observation, "confidence": 0.9}
    return _observed(step, question, ToolResult(observation=observation, result=said, sources=pages))


def refused(question: str, *, step: int = 1) -> Observed:
    return _observed(step, question, ToolResult(observation="Sorry, I found nothing.", result={"status": "refused"}))


def failed(question: str, *, step: int = 1, code: str = "TOOL_FAILED") -> Observed:
    planned = PlannedStep(step=step, description=question, tool="knowledge_base", arguments={"question": question})
    return Observed(planned, {"question": question}, None, ToolFailure(code=code))


def computed(expression: str, filled: str, result: str, *, step: int = 3) -> Observed:
    planned = PlannedStep(step=step, description=expression, tool="calculator", arguments={"expression": expression})
    return Observed(planned, {"expression": filled}, ToolResult(observation=f"{filled} = {result}", result=result))


def _observed(step: int, question: str, result: ToolResult) -> Observed:
    planned = PlannedStep(step=step, description=question, tool="knowledge_base", arguments={"question": question})
    return Observed(planned, {"question": question}, result)
