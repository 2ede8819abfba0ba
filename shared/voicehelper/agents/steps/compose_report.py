"""Agent step: write the report of what was found, and end the task."""

from __future__ import annotations

from typing import Final

from voicehelper.agents import store
from voicehelper.agents.events import NextStep
from voicehelper.agents.planning.protocol import Written
from voicehelper.agents.steps.moves import Deployment
from voicehelper.agents.task import Item, TaskStatus, observations
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language

STOPPED: Final = {
    "max_steps": "AGENT_STOPPED_BY_STEPS",
    "max_tokens": "AGENT_STOPPED_BY_TOKENS",
    "max_cost_usd": "AGENT_STOPPED_BY_COST",
    "time": "AGENT_STOPPED_BY_TIME",
}


def compose_report(event: NextStep, deployment: Deployment) -> NextStep:
    with deployment.database.transaction(event.tenant_id) as tx:
        task = store.lock_task(tx, event.task_id)
        items = store.list_items(tx, event.task_id)
    if task is None or task.status != "running" or task.attempt != event.attempt:
        return event.model_copy(update={"next": "end"})
    written = deployment.planner().write(task, observations(items), stopped_by=event.stopped_by)
    text = _labelled(written.report.text, event.stopped_by, task.language)
    report = {"text": text, "sources": [source.model_dump(mode="json") for source in written.report.sources]}
    with deployment.database.transaction(event.tenant_id) as tx:
        current = store.lock_task(tx, event.task_id)
        if current and current.status == "running" and current.attempt == event.attempt:
            store.add_item(tx, task.id, _item(written, number=len(items) + 1))
            status: TaskStatus = "timed_out" if event.stopped_by == "time" else "completed"
            store.end_task(tx, task.id, status, report=report, stopped_by=event.stopped_by)
    return event.model_copy(update={"next": "end"})


def _labelled(text: str, stopped_by: str, language: Language) -> str:
    """What a bound ended early says so first."""
    if not stopped_by:
        return text
    return f"{message_for(STOPPED[stopped_by], language)}\n\n{text}".rstrip()


def _item(written: Written, *, number: int) -> Item:
    content = {"thought": written.thought, "written_by": written.written_by}
    return Item(number, "synthesis", 0, content, written.spent.tokens, written.spent.cost_usd)
