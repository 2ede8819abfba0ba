"""Tasks as their owners handle them: ask, look, cancel, resume, decide; ``functions/agents`` are the callers."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.adapters.executions import Executions
from voicehelper.agents import store
from voicehelper.agents.models import AgentTask, Approval, Decision, NewTask, TaskAccepted, TaskSummary
from voicehelper.agents.running import LIFE_S, begin_again, event_of, is_lost, start
from voicehelper.agents.seen import as_seen
from voicehelper.agents.store import (
    ApprovalDecidedError,
    ApprovalNotFoundError,
    ApprovalRow,
    TaskEndedError,
    TaskNotResumableError,
)
from voicehelper.agents.task import Item, Task, TaskStatus
from voicehelper.agents.tools.declarations import TOOL_NAMES
from voicehelper.agents.views import MakeUrl, approval_view, task_summary, task_view
from voicehelper.agents.waiting import waiting_place
from voicehelper.agents.watching import ItemAdded, TaskEnded, WatchedEvent, task_events
from voicehelper.errors import ForbiddenError, InvalidInputError, UpstreamUnavailableError
from voicehelper.index.bases import require_base
from voicehelper.messages.language import Language
from voicehelper.observability.traces import labels, note
from voicehelper.shapes.ids import new_id, show
from voicehelper.shapes.pages import Page, PageRequest
from voicehelper.text.language import text_language

WAIT_S: Final = 25.0  # of the gateway's 30
TASKS_PATH: Final = "/api/v1/agent/tasks"


class UnknownToolError(InvalidInputError):
    """``details`` has the names that there are no tools for, and those there are."""

    code = "UNKNOWN_TOOL"


class ForeignUserError(ForbiddenError):
    """The body names another user than the token."""

    code = "FOREIGN_USER"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose tasks, in which language, with which links."""

    tenant: TenantDatabase
    user_id: UUID
    language: Language
    make_url: MakeUrl


def execute_task(
    owner: Owner,
    new: NewTask,
    *,
    is_tool: Callable[[str], bool],
    executions: Executions,
    waiting_calls: int = 1,
    wait_s: float = WAIT_S,
) -> AgentTask | TaskAccepted:
    """The task as it ended, or where to ask for it if it takes longer than ``wait_s`` or waits for a person.

    Where ``waiting_calls`` others wait already, this one does not.
    """
    _check(owner, new, is_tool)
    ends_at, task_id = time.monotonic() + wait_s, new_id()
    _begin(owner, task_id, new, executions)
    note(**labels(task=task_id))
    with waiting_place(owner.tenant, waiting_calls) as is_free:
        left_s = ends_at - time.monotonic() if is_free else 0.0
        ended = _ended_within(left_s, owner, task_id)
    url = f"{TASKS_PATH}/{show('task', task_id)}"
    return ended or TaskAccepted(task_id=task_id, status="running", status_url=url)


def _ended_within(seconds: float, owner: Owner, task_id: UUID) -> AgentTask | None:
    """None as well for a task that waits for a person."""
    with contextlib.closing(watch_task(owner, task_id, within_s=seconds)) as events:
        last = next((event for event in events if not isinstance(event, ItemAdded)), None)
    return last.task if isinstance(last, TaskEnded) else None


def watch_task(owner: Owner, task_id: UUID, *, after: int = 0, within_s: float = WAIT_S) -> Generator[WatchedEvent]:
    """Raises TaskNotFoundError, as ``show_task`` does."""
    show = functools.partial(show_task, owner, task_id)
    return task_events(owner.tenant, task_id, show, after=after, within_s=within_s)


def wait_s_of(prefer: str) -> float:
    """Of the header ``Prefer: respond-async``, which waits for nothing: https://www.rfc-editor.org/rfc/rfc7240#section-4.1"""
    preferences = [preference.split(";")[0].strip().lower() for preference in prefer.split(",")]
    return 0.0 if "respond-async" in preferences else WAIT_S


def _check(owner: Owner, new: NewTask, is_tool: Callable[[str], bool]) -> None:
    if new.user_id is not None and new.user_id.lower() != str(owner.user_id):
        raise ForeignUserError
    if unknown := [name for name in dict.fromkeys(new.tools) if not is_tool(name)]:
        raise UnknownToolError(details={"unknown": ", ".join(unknown), "known": ", ".join(TOOL_NAMES)})
    with owner.tenant.transaction() as tx:
        for kb_id in dict.fromkeys(new.kb_ids or ()):
            require_base(tx, kb_id)


def _begin(owner: Owner, task_id: UUID, new: NewTask, executions: Executions) -> None:
    with owner.tenant.transaction() as tx:
        store.insert_task(
            tx, task_id, owner.user_id, _values(new, _language_of(new.task, owner.language)), life_s=LIFE_S
        )
        task = store.get_task(tx, task_id, owner_id=owner.user_id)
    try:
        start(event_of(task), executions)
    except UpstreamUnavailableError:
        with owner.tenant.transaction() as tx:
            store.end_task(tx, task_id, "failed", failure="TASK_DEPENDENCY_AWAY")
        raise


def _values(new: NewTask, language: Language) -> dict[str, Any]:
    return {
        "task": new.task,
        "language": language,
        "mode": new.mode,
        "tools": list(dict.fromkeys(new.tools)),
        "kb_ids": list(dict.fromkeys(new.kb_ids)) if new.kb_ids else None,
        "max_steps": new.max_steps,
        "reflects": new.enable_reflection,
        "session_id": new.session_id,
        "max_tokens": new.max_tokens,
        "max_cost_usd": new.max_cost_usd,
    }


def _language_of(task: str, language: Language) -> Language:
    """A task is carried out in the language of its words; errors are told in the caller's."""
    return text_language(task) if any(map(str.isalpha, task)) else language


def _goes_on(shown: AgentTask) -> bool:
    return shown.status == "running" and not shown.awaiting_approval


def show_task(owner: Owner, task_id: UUID) -> AgentTask:
    """Raises TaskNotFoundError. A task that is long past its end has lost its execution unheard, and ends now."""
    with owner.tenant.transaction() as tx:
        task = store.get_task(tx, task_id, owner_id=owner.user_id)
        shown = _view(tx, owner, task)
        if not (_goes_on(shown) and _is_overdue(task)):
            return shown
        store.end_task(tx, task_id, "timed_out", stopped_by="time")
        return _view(tx, owner, store.get_task(tx, task_id, owner_id=owner.user_id))


def _is_overdue(task: Task) -> bool:
    """By more than any step may still take."""
    return datetime.now(UTC) > task.ends_by + timedelta(seconds=LIFE_S)


def _view(tx: Transaction, owner: Owner, task: Task) -> AgentTask:
    approvals = store.list_approvals(tx, task.id, owner_id=owner.user_id)
    seen, items = as_seen(tx, task, store.list_items(tx, task.id))
    return task_view(seen, items, approvals, owner.language, owner.make_url)


def list_tasks(owner: Owner, status: TaskStatus | None, page: PageRequest) -> Page[TaskSummary]:
    with owner.tenant.transaction() as tx:
        tasks, total = store.list_tasks(
            tx, owner_id=owner.user_id, status=status, limit=page.page_size, offset=page.offset
        )
    return Page.of([task_summary(task) for task in tasks], total, page)


def cancel_task(owner: Owner, task_id: UUID) -> AgentTask:
    """The step under way ends, and no other begins. A task that was cancelled before stays so."""
    with owner.tenant.transaction() as tx:
        store.get_task(tx, task_id, owner_id=owner.user_id)
        task = store.lock_task(tx, task_id)
        if task and task.status not in ("running", "cancelled"):
            raise TaskEndedError(details={"status": task.status})
        store.end_task(tx, task_id, "cancelled")
        return _view(tx, owner, store.get_task(tx, task_id, owner_id=owner.user_id))


def resume_task(owner: Owner, task_id: UUID, *, executions: Executions) -> AgentTask:
    """Goes on at the step that failed; also a task that says it runs, and has lost its execution."""
    with owner.tenant.transaction() as tx:
        store.get_task(tx, task_id, owner_id=owner.user_id)
        task = store.lock_task(tx, task_id)
        assert task
        approvals = store.list_approvals(tx, task_id, owner_id=owner.user_id)
        if not _may_go_on(task, approvals, executions):
            raise TaskNotResumableError(details={"status": task.status})
        begin_again(tx, task_id, executions)
    return show_task(owner, task_id)


def _may_go_on(task: Task, approvals: Sequence[ApprovalRow], executions: Executions) -> bool:
    if task.status != "running":
        return task.status != "completed"
    return not any(row.status == "pending" for row in approvals) and is_lost(task, executions)


def list_approvals(owner: Owner, task_id: UUID) -> list[Approval]:
    with owner.tenant.transaction() as tx:
        store.get_task(tx, task_id, owner_id=owner.user_id)
        return [approval_view(row) for row in store.list_approvals(tx, task_id, owner_id=owner.user_id)]


def decide(owner: Owner, task_id: UUID, approval_id: UUID, decision: Decision, *, executions: Executions) -> AgentTask:
    """Once: of two decisions the second is refused, as is one on a task that has ended."""
    status: store.ApprovalStatus = "approved" if decision.decision == "approve" else "denied"
    with owner.tenant.transaction() as tx:
        store.get_task(tx, task_id, owner_id=owner.user_id)
        task = store.lock_task(tx, task_id)
        approvals = {row.id: row for row in store.list_approvals(tx, task_id, owner_id=owner.user_id)}
        if task is None or approval_id not in approvals:
            raise ApprovalNotFoundError
        row = approvals[approval_id]
        if task.status != "running" or row.status != "pending":
            _refuse(task, row)
        store.decide(tx, task_id, approval_id, status=status, comment=decision.comment, decided_by=owner.user_id)
        content = {"tool": row.tool, "arguments": row.arguments, "decision": status, "comment": decision.comment}
        number = len(store.list_items(tx, task_id)) + 1
        store.add_item(tx, task_id, Item(number, "approval", row.planned, content, 0, 0.0))
        begin_again(tx, task_id, executions)
    return show_task(owner, task_id)


def _refuse(task: Task, row: ApprovalRow) -> NoReturn:
    raise ApprovalDecidedError(details={"status": row.status if task.status == "running" else task.status})
