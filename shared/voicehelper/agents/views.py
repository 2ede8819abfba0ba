"""Tasks as API models, with sentences in the caller's language and fresh links; ``service`` is the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

from voicehelper.agents.models import (
    AgentTask,
    Approval,
    Failure,
    PlanStep,
    TaskSource,
    TaskStats,
    TaskSummary,
    TraceItem,
)
from voicehelper.agents.store import ApprovalRow
from voicehelper.agents.task import Bound, Item, Task
from voicehelper.agents.tools.protocol import ToolSource
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language

MakeUrl = Callable[[UUID, int | None], str]
FINAL_ANSWER: Final = "final_answer"


def task_summary(task: Task) -> TaskSummary:
    return TaskSummary(
        task_id=task.id,
        status=task.status,
        task=task.task,
        mode=task.mode,
        progress=progress(task),
        created_at=task.created_at,
        ended_at=task.ended_at,
    )


def progress(task: Task) -> int:
    """0 … 100: planning is a step, too."""
    if task.status != "running":
        return 100
    return 100 * (task.done + 1) // (len(task.planned.steps) + 1) if task.planned else 0


def task_view(
    task: Task, items: Sequence[Item], approvals: Sequence[ApprovalRow], language: Language, make_url: MakeUrl
) -> AgentTask:
    plan, report = task.planned, task.report or {}
    return AgentTask(
        **task_summary(task).model_dump(),
        plan=[PlanStep(step=step.step, description=step.description, tool=step.tool) for step in plan.steps]
        if plan
        else [],
        thought=plan.thought if plan else "",
        execution_trace=[trace_item(item, language) for item in items],
        final_result=report.get("text", ""),
        sources=[_source(ToolSource.model_validate(source), make_url) for source in report.get("sources", ())],
        stats=_stats(task, items),
        stopped_by=cast("Bound", task.stopped_by) if task.stopped_by else None,
        error=_failure(task.failure, language) if task.failure else None,
        awaiting_approval=task.status == "running" and any(row.status == "pending" for row in approvals),
    )


def trace_item(item: Item, language: Language) -> TraceItem:
    shown = {"tool_call": _tool_call, "reflection": _reflection, "approval": _decision, "synthesis": _synthesis}
    return shown[item.kind](item, language)


def _tool_call(item: Item, language: Language) -> TraceItem:
    observed = item.observed()
    result, failure = observed.result, observed.failure
    error = _failure(failure.code, language, failure.details) if failure else None
    return TraceItem(
        step=item.number,
        step_type="tool_call",
        thought=observed.planned.description,
        action=observed.planned.tool,
        action_input=observed.arguments,
        tool_result=result.result if result else None,
        observation=result.observation if result else (error.message if error else ""),
        error=error,
    )


def _reflection(item: Item, _language: Language) -> TraceItem:
    content = item.content
    return TraceItem(
        step=item.number,
        step_type="reflection",
        thought=content["thought"],
        action="replan",
        action_input={"steps": content["steps"]},
    )


def _decision(item: Item, _language: Language) -> TraceItem:
    content = item.content
    return TraceItem(
        step=item.number,
        step_type="approval",
        thought=content["comment"],
        action=content["tool"],
        action_input={"decision": content["decision"], "arguments": content["arguments"]},
    )


def _synthesis(item: Item, _language: Language) -> TraceItem:
    return TraceItem(
        step=item.number,
        step_type="synthesis",
        thought=item.content["thought"],
        action=FINAL_ANSWER,
        action_input=item.content["written_by"],
    )


def _failure(code: str, language: Language, details: Mapping[str, Any] | None = None) -> Failure:
    return Failure(code=code, message=message_for(code, language, details))


def _source(source: ToolSource, make_url: MakeUrl) -> TaskSource:
    url = make_url(source.document_id, source.page) if source.document_id else source.url
    return TaskSource(url=url, **source.model_dump(include={"title", "document_id", "filename", "page", "quote"}))


def _stats(task: Task, items: Sequence[Item]) -> TaskStats:
    ended = task.ended_at or datetime.now(UTC)
    return TaskStats(
        total_steps=len(items),
        tool_calls=sum(item.kind == "tool_call" for item in items),
        execution_time=round(max(0.0, (ended - task.created_at).total_seconds()), 3),
        total_tokens=task.planning["tokens"] + sum(item.tokens for item in items),
        total_cost=round(task.planning["cost_usd"] + sum(item.cost_usd for item in items), 6),
    )


def approval_view(row: ApprovalRow) -> Approval:
    return Approval(
        id=row.id,
        task_id=row.task_id,
        action=row.tool,
        action_input=row.arguments,
        status=row.status,
        comment=row.comment,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )
