"""Agent step: look back at what was found, and add steps to the plan where something is missing."""

from __future__ import annotations

from collections.abc import Sequence

from voicehelper.agents import store
from voicehelper.agents.events import NextStep, TaskEvent
from voicehelper.agents.planning.plan import SYNTHESIS, Plan, PlannedStep
from voicehelper.agents.planning.protocol import Revised
from voicehelper.agents.progress import Reflect, next_move
from voicehelper.agents.steps.moves import Deployment, take_next_step
from voicehelper.agents.task import MAX_REVISIONS, Item, Task, observations


def reflect_on_task(event: TaskEvent, deployment: Deployment) -> NextStep:
    with deployment.database.transaction(event.tenant_id) as tx:
        task = store.lock_task(tx, event.task_id)
        items = store.list_items(tx, event.task_id)
    if task is None:
        return take_next_step(event, deployment)
    move = next_move(task, items, attempt=event.attempt, now=deployment.now())
    if isinstance(move, Reflect):
        revised = deployment.planner().revise(task, observations(items), steps_left=move.steps_left)
        _write(event, deployment, task, items, revised)
    return take_next_step(event, deployment)


def _write(event: TaskEvent, deployment: Deployment, task: Task, items: list[Item], revised: Revised) -> None:
    """Only over the plan that was looked at: a repetition finds it changed, and leaves it."""
    assert task.planned
    plan = with_steps(task.planned, revised.steps)
    thinks_on = task.mode == "react" and bool(revised.steps)
    revisions = task.revisions if thinks_on else (task.revisions + 1 if revised.steps else MAX_REVISIONS)
    with deployment.database.transaction(event.tenant_id) as tx:
        changed = store.revise_plan(tx, task, plan, revisions=revisions, spent=revised.spent)
        if changed and revised.steps and task.mode == "plan_execute":
            added = [step.description for step in revised.steps]
            content = {"thought": revised.thought, "steps": added}
            store.add_item(tx, task.id, Item(len(items) + 1, "reflection", 0, content, 0, 0.0))


def with_steps(plan: Plan, steps: Sequence[PlannedStep]) -> Plan:
    """The new steps before the synthesis, numbered on."""
    kept = [step for step in plan.steps if step.tool != SYNTHESIS]
    synthesis = [step for step in plan.steps if step.tool == SYNTHESIS]
    numbered = [step.model_copy(update={"step": n}) for n, step in enumerate([*kept, *steps, *synthesis], start=1)]
    return plan.model_copy(update={"steps": numbered})
