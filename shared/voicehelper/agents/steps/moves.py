"""From a task's rows to the state that comes next: ``take_next_step`` writes what a move needs, and returns it.

No transaction is open while a planner thinks, as it may wait for a model.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from voicehelper.adapters.database import Database, Transaction
from voicehelper.agents import store
from voicehelper.agents.events import NextStep, TaskEvent
from voicehelper.agents.planning.protocol import CannotFillError, Planner, Spent
from voicehelper.agents.progress import Ask, Call, Compose, Move, Reflect, Skip, Stop, next_move
from voicehelper.agents.task import Item, Task, observations
from voicehelper.agents.tools.protocol import ToolCall, ToolFailure


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Deployment:
    """``planner`` is built when it is needed; ``needs_approval`` are the tools that a person decides on."""

    database: Database
    planner: Callable[[], Planner]
    needs_approval: Collection[str] = field(default_factory=frozenset)
    now: Callable[[], datetime] = _now


def take_next_step(event: TaskEvent, deployment: Deployment) -> NextStep:
    """Steps that cannot be carried out are written as such and passed over."""
    while True:
        with deployment.database.transaction(event.tenant_id) as tx:
            task, items, move = _read(tx, event, deployment)
        if task is not None and isinstance(move, (Call, Ask)):
            move = _fill(task, items, move, deployment)
        if not isinstance(move, Skip):
            return _enter(event, task, move, deployment)
        with deployment.database.transaction(event.tenant_id) as tx:
            store.add_item(tx, event.task_id, skipped_item(move))


def _read(tx: Transaction, event: TaskEvent, deployment: Deployment) -> tuple[Task | None, list[Item], Move]:
    task = store.lock_task(tx, event.task_id)
    items = store.list_items(tx, event.task_id)
    if task is None:
        return None, items, Stop()
    now, needs_approval = deployment.now(), deployment.needs_approval
    return task, items, next_move(task, items, attempt=event.attempt, now=now, needs_approval=needs_approval)


def _fill(task: Task, items: list[Item], move: Call | Ask, deployment: Deployment) -> Call | Ask | Skip:
    """What a person approved stays as it is."""
    if isinstance(move, Call) and move.is_approved:
        return move
    try:
        filled = deployment.planner().fill(task, move.planned, observations(items))
    except CannotFillError as error:
        failure = ToolFailure(code=error.code, details={"steps": str(error)})
        return Skip(move.number, move.planned, failure)
    if filled.spent != Spent():
        with deployment.database.transaction(task.tenant_id) as tx:
            store.add_spent(tx, task.id, filled.spent)
    return replace(move, arguments=filled.arguments)


def _enter(event: TaskEvent, task: Task | None, move: Move, deployment: Deployment) -> NextStep:
    ids = event.model_dump(include={"tenant_id", "task_id", "attempt"})
    if task is None:
        return NextStep(**ids, next="end")
    if isinstance(move, Call):
        return NextStep(**ids, next="call", tool=function_of(move.planned.tool), call=_tool_call(task, move))
    if isinstance(move, Reflect):
        return NextStep(**ids, next="reflect")
    if isinstance(move, Compose):
        return NextStep(**ids, next="compose", stopped_by=move.stopped_by or "")
    if isinstance(move, Ask):
        _ask(event, move, deployment)
    return NextStep(**ids, next="end")


def _ask(event: TaskEvent, move: Ask, deployment: Deployment) -> None:
    """The execution ends here, and costs nothing while a person thinks; the decision starts the next one."""
    with deployment.database.transaction(event.tenant_id) as tx:
        store.ask_approval(tx, event.task_id, move.planned.step, move.planned.tool, dict(move.arguments))


def function_of(tool: str) -> str:
    """Which function carries a tool out: all tools of other servers have one, ``<server>.<tool>``."""
    return "mcp" if "." in tool else tool


def _tool_call(task: Task, move: Call) -> ToolCall:
    return ToolCall(
        tenant_id=task.tenant_id,
        user_id=task.owner_id,
        key_id=task.api_key_id,
        task_id=task.id,
        step=move.number,
        planned=move.planned.step,
        tool=move.planned.tool,
        arguments=move.arguments,
        allowed=task.tools,
        kb_ids=task.kb_ids or [],
        language=task.language,
    )


def skipped_item(move: Skip) -> Item:
    content = {
        "planned": move.planned.model_dump(mode="json"),
        "arguments": move.planned.arguments,
        "result": None,
        "failure": move.failure.model_dump(mode="json"),
    }
    return Item(move.number, "tool_call", move.planned.step, content, 0, 0.0)
