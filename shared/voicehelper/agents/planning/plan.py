"""Values of planning: the steps of a plan, what was observed, the report; planners exchange them with ``steps``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from voicehelper.agents.tools.protocol import ToolFailure, ToolResult, ToolSource

SYNTHESIS: Final = "llm_synthesis"  # the last step of a plan, which is no tool and always allowed


class PlannedStep(BaseModel):
    """``{n}`` in a string of ``arguments`` stands for the value that step ``n`` found."""

    model_config = ConfigDict(frozen=True)

    step: int = Field(ge=1)
    description: str
    tool: str
    arguments: dict[str, JsonValue] = {}


class Plan(BaseModel):
    """Numbered from 1 without gaps; the last step is the synthesis. ``thought`` says why these steps."""

    model_config = ConfigDict(frozen=True)

    thought: str
    steps: list[PlannedStep]


@dataclass(frozen=True, slots=True)
class Observed:
    """A step that was carried out: with these arguments, and one of result and failure."""

    planned: PlannedStep
    arguments: dict[str, JsonValue]
    result: ToolResult | None
    failure: ToolFailure | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Markdown whose marks [n] are places in ``sources``, counted from 1 over the whole report."""

    text: str
    sources: Sequence[ToolSource]
