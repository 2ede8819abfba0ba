"""Agent step: write what a tool returned into the trace, once, and say what comes next."""

from __future__ import annotations

from voicehelper.agents import store
from voicehelper.agents.events import NextStep, ToolReturned
from voicehelper.agents.steps.moves import Deployment, take_next_step
from voicehelper.agents.task import Item, Task
from voicehelper.agents.tools.protocol import ToolCall, ToolFailure, ToolOutcome, ToolResult


def record_step(event: ToolReturned, deployment: Deployment) -> NextStep:
    """A tool that ended without an outcome could not be reached: the task goes on without it."""
    assert event.call
    outcome = event.outcome or ToolOutcome(failure=ToolFailure(code="TOOL_UNAVAILABLE"))
    with deployment.database.transaction(event.tenant_id) as tx:
        task = store.lock_task(tx, event.task_id)
        if task and task.status in ("running", "cancelled") and task.attempt == event.attempt:
            store.add_item(tx, task.id, _item(task, event.call, outcome))
    return take_next_step(event, deployment)


def _item(task: Task, call: ToolCall, outcome: ToolOutcome) -> Item:
    assert task.planned
    planned = next(step for step in task.planned.steps if step.step == call.planned)
    said = {"planned": planned.model_dump(mode="json"), "arguments": call.arguments}
    result = outcome.result or ToolResult(observation="")
    content = said | outcome.model_dump(mode="json")
    return Item(call.step, "tool_call", call.planned, content, result.tokens, result.cost_usd)
