"""What the agents' state machine carries from step to step: ids, the next state, and one call of a tool at a time."""

from __future__ import annotations

from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel

from voicehelper.agents.tools.protocol import ToolCall, ToolOutcome
from voicehelper.shapes.ids import show


class TaskEvent(BaseModel):
    """One attempt at one task."""

    log_keys: ClassVar[tuple[str, ...]] = ("task_id", "attempt")

    tenant_id: UUID
    task_id: UUID
    attempt: int

    @property
    def execution_name(self) -> str:
        return f"{show('task', self.task_id)}-{self.attempt}"


class NextStep(TaskEvent):
    """``next`` is ``call``, ``reflect``, ``compose`` or ``end``; ``tool`` names the function of a call."""

    next: Literal["call", "reflect", "compose", "end"]
    tool: str = ""
    call: ToolCall | None = None
    stopped_by: str = ""


class ToolReturned(NextStep):
    """``outcome`` is the tool's, ``error`` what Step Functions says of a tool that ended without one."""

    outcome: ToolOutcome | None = None
    error: dict[str, Any] | None = None


class TaskFailed(TaskEvent):
    error: dict[str, Any]
