"""``Task``: what was asked, within which bounds, and how far it is; ``Item``: one entry of its trace.

Values between ``store``, which reads and writes them, and ``progress``, which says what comes next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from voicehelper.agents.planning.plan import Observed, Plan, PlannedStep
from voicehelper.agents.tools.protocol import ToolFailure, ToolResult
from voicehelper.messages.language import Language
from voicehelper.shapes.viewer import Viewer

Mode = Literal["plan_execute", "react"]
TaskStatus = Literal["running", "completed", "failed", "cancelled", "timed_out"]
ItemKind = Literal["tool_call", "reflection", "approval", "synthesis"]
# What ended a task before its plan did: a bound of the request, or its longest life.
Bound = Literal["max_steps", "max_tokens", "max_cost_usd", "time"]
MAX_REVISIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Task:
    id: UUID
    tenant_id: UUID
    owner_id: UUID
    api_key_id: UUID | None
    session_id: str
    task: str
    language: Language
    mode: Mode
    tools: list[str]
    kb_ids: list[UUID] | None
    max_steps: int
    reflects: bool
    max_tokens: int | None
    max_cost_usd: float | None
    status: TaskStatus
    attempt: int
    plan: dict[str, Any] | None
    revisions: int
    report: dict[str, Any] | None
    stopped_by: str
    failure: str
    planning: dict[str, Any]
    created_at: datetime
    ends_by: datetime
    ended_at: datetime | None
    done: int  # calls of tools in the trace

    @property
    def viewer(self) -> Viewer:
        """Who asked for it: its tools see no more."""
        return Viewer(self.owner_id, self.api_key_id)

    @property
    def planned(self) -> Plan | None:
        return Plan.model_validate(self.plan) if self.plan else None


@dataclass(frozen=True, slots=True)
class Item:
    """``content`` is that of the trace as it is shown, and for a tool call what the tool returned."""

    number: int
    kind: ItemKind
    planned: int
    content: dict[str, Any]
    tokens: int
    cost_usd: float
    created_at: datetime | None = None

    def observed(self) -> Observed:
        """Of a tool call."""
        result, failure = self.content.get("result"), self.content.get("failure")
        return Observed(
            planned=PlannedStep.model_validate(self.content["planned"]),
            arguments=self.content["arguments"],
            result=ToolResult.model_validate(result) if result else None,
            failure=ToolFailure.model_validate(failure) if failure else None,
        )


def observations(items: Sequence[Item]) -> list[Observed]:
    return [item.observed() for item in items if item.kind == "tool_call"]
