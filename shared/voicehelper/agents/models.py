"""API models of agents' tasks; ``functions/agents`` and ``views`` use them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue, StringConstraints

from voicehelper.agents.task import Bound, Mode, TaskStatus
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import ApprovalId, DocumentId, KnowledgeBaseId, TaskId

ToolName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
MAX_STEPS = 50


class NewTask(Body):
    """What an agent is to do. Unknown fields are refused."""

    task: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
    mode: Annotated[
        Mode,
        Field(
            description="plan_execute: all steps are planned, then carried out. react: a model decides on each step "
            "after what the one before it found; without a model the same as plan_execute."
        ),
    ] = "plan_execute"
    tools: Annotated[
        list[ToolName],
        Field(
            default_factory=lambda: ["knowledge_base", "calculator"],
            max_length=64,
            description="No other tool is called. GET /api/v1/agent/tools names those there are.",
        ),
    ]
    max_steps: Annotated[int, Field(ge=1, le=MAX_STEPS, description="Most items of the trace, all included.")] = 15
    enable_reflection: Annotated[
        bool, Field(description="true: what was not found is asked for in another way, twice at most.")
    ] = True
    user_id: Annotated[
        str | None, Field(max_length=100, description="The caller's own, if given: the token decides.")
    ] = None
    session_id: Annotated[str, Field(max_length=200, description="Kept with the task.")] = ""
    kb_ids: Annotated[
        list[KnowledgeBaseId] | None,
        Field(min_length=1, max_length=10, description="Bases that may be searched; all of the caller's if absent."),
    ] = None
    max_tokens: Annotated[int | None, Field(ge=1, description="Ends the task with what it has.")] = None
    max_cost_usd: Annotated[float | None, Field(gt=0, description="Ends the task with what it has.")] = None


class PlanStep(BaseModel):
    step: int
    description: str
    tool: Annotated[str, Field(description="llm_synthesis: the report is written; no tool is called.")]


class Failure(BaseModel):
    code: str
    message: str


class TaskSource(BaseModel):
    """The n-th source has the mark [n] in the report; a document's has a link that opens it at its page."""

    title: str
    url: str
    document_id: DocumentId | None = None
    filename: str = ""
    page: int | None = None
    quote: str = ""


class TraceItem(BaseModel):
    """``tool_result`` and ``observation`` are of a tool call alone, ``error`` of one that failed."""

    step: int
    step_type: Literal["tool_call", "reflection", "approval", "synthesis"]
    thought: str
    action: Annotated[str, Field(description="The tool; final_answer for the synthesis.")]
    action_input: JsonValue
    tool_result: JsonValue = None
    observation: str | None = None
    error: Failure | None = None


class TaskStats(BaseModel):
    """Sums over the trace; ``execution_time`` in seconds, ``total_cost`` in USD."""

    total_steps: int
    tool_calls: int
    execution_time: float
    total_tokens: int
    total_cost: float


class Approval(BaseModel):
    """A call that waits for a person, or did. ``action_input`` are the arguments it has, once approved."""

    id: ApprovalId
    task_id: TaskId
    action: str
    action_input: JsonValue
    status: Literal["pending", "approved", "denied"]
    comment: str
    created_at: datetime
    decided_at: datetime | None


class Decision(Body):
    decision: Literal["approve", "deny"]
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class TaskAccepted(BaseModel):
    """It goes on behind ``status_url``."""

    task_id: TaskId
    status: TaskStatus
    status_url: str


class TaskSummary(BaseModel):
    """``progress`` is the share of the plan that is done, 0 … 100."""

    task_id: TaskId
    status: TaskStatus
    task: str
    mode: Mode
    progress: Annotated[int, Field(ge=0, le=100)]
    created_at: datetime
    ended_at: datetime | None


class AgentTask(TaskSummary):
    """A task with all there is of it so far.

    ``stopped_by`` names the bound that ended it before its plan; then the report is of what was found until then.
    """

    plan: list[PlanStep]
    thought: Annotated[str, Field(description="Why these steps.")]
    execution_trace: list[TraceItem]
    final_result: Annotated[str, Field(description="Markdown; its marks [n] name the sources.")]
    sources: list[TaskSource]
    stats: TaskStats
    stopped_by: Bound | None
    error: Failure | None
    awaiting_approval: Annotated[bool, Field(description="Nothing happens until a person decides on a call.")]


class ToolInfo(BaseModel):
    name: str
    description: str
    parameters: Annotated[dict[str, JsonValue], Field(description="JSON schema of its arguments.")]
