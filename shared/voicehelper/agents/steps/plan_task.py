"""Agent step: plan the task, unless it is planned, and say what comes first."""

from __future__ import annotations

from voicehelper.agents import store
from voicehelper.agents.events import NextStep, TaskEvent
from voicehelper.agents.steps.moves import Deployment, take_next_step


def plan_task(event: TaskEvent, deployment: Deployment) -> NextStep:
    with deployment.database.transaction(event.tenant_id) as tx:
        task = store.lock_task(tx, event.task_id)
    if task and task.plan is None and task.status == "running":
        planned = deployment.planner().plan(task)
        with deployment.database.transaction(event.tenant_id) as tx:
            store.save_first_plan(tx, task.id, planned.plan, planned.spent)
    return take_next_step(event, deployment)
