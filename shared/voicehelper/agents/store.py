"""Tasks, their traces and approvals in PostgreSQL; every statement filters by tenant, what callers ask for by owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.agents.planning.plan import Plan
from voicehelper.agents.planning.protocol import Spent
from voicehelper.agents.task import Item, ItemKind, Task, TaskStatus
from voicehelper.errors import ConflictError, NotFoundError
from voicehelper.identity.usage import ADD_UP
from voicehelper.shapes.ids import NOWHERE, new_id

ApprovalStatus = Literal["pending", "approved", "denied"]


class TaskNotFoundError(NotFoundError):
    code = "TASK_NOT_FOUND"


class TaskEndedError(ConflictError):
    """``details`` has its ``status``."""

    code = "TASK_ENDED"


class TaskNotResumableError(ConflictError):
    """Only what failed, was cancelled or took too long goes on; ``details`` has its ``status``."""

    code = "TASK_NOT_RESUMABLE"


class ApprovalNotFoundError(NotFoundError):
    code = "APPROVAL_NOT_FOUND"


class ApprovalDecidedError(ConflictError):
    """Decided before, or its task has ended; ``details`` has the ``status``."""

    code = "APPROVAL_DECIDED"


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    id: UUID
    task_id: UUID
    planned: int
    tool: str
    arguments: dict[str, Any]
    status: ApprovalStatus
    comment: str
    created_at: datetime
    decided_at: datetime | None


def channel(task_id: UUID) -> str:
    """Of notifications that the task has another item, waits for a person or has ended."""
    return f"agent_task_{task_id.hex}"


def _notify(tx: Transaction, task_id: UUID) -> None:
    """At the commit; https://www.postgresql.org/docs/16/sql-notify.html"""
    tx.run("SELECT pg_notify(%(channel)s, '')", channel=channel(task_id))


_INSERT: Final = """
    INSERT INTO agent_task (id, tenant_id, owner_id, api_key_id, session_id, task, language, mode, tools, kb_ids,
                            max_steps,
                            reflects, max_tokens, max_cost_usd, ends_by)
    VALUES (%(id)s, %(tenant_id)s, %(owner_id)s, %(api_key_id)s, %(session_id)s, %(task)s, %(language)s, %(mode)s,
            %(tools)s,
            %(kb_ids)s, %(max_steps)s, %(reflects)s, %(max_tokens)s, %(max_cost_usd)s,
            now() + make_interval(secs => %(life_s)s))
"""


def insert_task(tx: Transaction, task_id: UUID, owner_id: UUID, values: dict[str, Any], *, life_s: float) -> None:
    key_id = tx.viewer and tx.viewer.key_id
    tx.run(_INSERT, id=task_id, owner_id=owner_id, api_key_id=key_id, life_s=life_s, **values)


_TASKS: Final = """
    SELECT id, tenant_id, owner_id, api_key_id, session_id, task, language, mode, tools, kb_ids, max_steps, reflects,
    max_tokens, max_cost_usd::float, status, attempt, plan, revisions, report, stopped_by, failure, planning,
    created_at, ends_by, ended_at,
    (SELECT count(*) FROM agent_item AS i WHERE i.task_id = agent_task.id AND i.kind = 'tool_call') AS done
      FROM agent_task WHERE tenant_id = %(tenant_id)s
"""
_GET_OWNED: Final = f"{_TASKS} AND owner_id = %(owner_id)s AND id = %(id)s"


def get_task(tx: Transaction, task_id: UUID, *, owner_id: UUID) -> Task:
    if task := tx.one(Task, _GET_OWNED, id=task_id, owner_id=owner_id):
        return task
    raise TaskNotFoundError


_GET_LOCKED: Final = f"{_TASKS} AND id = %(id)s FOR UPDATE"


def lock_task(tx: Transaction, task_id: UUID) -> Task | None:
    """For whoever changes it, until the end of the transaction; None if it is gone with its owner."""
    return tx.one(Task, _GET_LOCKED, id=task_id)


_LIST: Final = f"""{_TASKS} AND owner_id = %(owner_id)s AND (%(status)s::text IS NULL OR status = %(status)s)
     ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT: Final = """
    SELECT count(*) FROM agent_task
     WHERE tenant_id = %(tenant_id)s AND owner_id = %(owner_id)s
       AND (%(status)s::text IS NULL OR status = %(status)s)
"""


def list_tasks(
    tx: Transaction, *, owner_id: UUID, status: TaskStatus | None, limit: int, offset: int
) -> tuple[list[Task], int]:
    """Newest first, and how many there are in all."""
    tasks = tx.all(Task, _LIST, owner_id=owner_id, status=status, limit=limit, offset=offset)
    return tasks, tx.count(_COUNT, owner_id=owner_id, status=status)


# Charged to whoever asked for the task, in the same statement.
_ADD_SPENT: Final = f"""
    WITH task AS (
      UPDATE agent_task SET planning = jsonb_build_object(
             'tokens', (planning->>'tokens')::int + %(tokens)s,
             'cost_usd', (planning->>'cost_usd')::float + %(cost_usd)s)
       WHERE tenant_id = %(tenant_id)s AND id = %(id)s
      RETURNING tenant_id, owner_id, coalesce(api_key_id, %(none)s) AS key_id)
    INSERT INTO usage_day AS u (tenant_id, day, user_id, key_id, kb_id, model, tokens_in, tokens_out, cost_usd)
    SELECT tenant_id, (now() AT TIME ZONE 'UTC')::date, owner_id, key_id, %(none)s, %(model)s, %(prompt_tokens)s,
           %(tokens)s - %(prompt_tokens)s, %(cost_usd)s
      FROM task
    {ADD_UP}
"""  # noqa: S608  (a constant)


def add_spent(tx: Transaction, task_id: UUID, spent: Spent) -> None:
    """What a model took beside the calls of tools; rules take nothing."""
    if spent != Spent():
        tx.run(_ADD_SPENT, id=task_id, none=NOWHERE, **asdict(spent))


_SAVE_FIRST_PLAN: Final = """
    UPDATE agent_task SET plan = %(plan)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND plan IS NULL
"""


def save_first_plan(tx: Transaction, task_id: UUID, plan: Plan, spent: Spent) -> None:
    """The first one of two that were made at once stays."""
    tx.run(_SAVE_FIRST_PLAN, id=task_id, plan=Jsonb(plan.model_dump(mode="json")))
    add_spent(tx, task_id, spent)


_REVISE_PLAN: Final = """
    UPDATE agent_task SET plan = %(plan)s, revisions = %(revisions)s
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND plan = %(seen)s AND revisions = %(seen_revisions)s
"""


def revise_plan(tx: Transaction, seen: Task, plan: Plan, *, revisions: int, spent: Spent) -> bool:
    """False where the plan is no longer the one that was seen."""
    values = {"revisions": revisions, "seen_revisions": seen.revisions, "seen": Jsonb(seen.plan)}
    changed = tx.run(_REVISE_PLAN, id=seen.id, plan=Jsonb(plan.model_dump(mode="json")), **values)
    add_spent(tx, seen.id, spent)
    return changed > 0


_END: Final = """
    UPDATE agent_task SET status = %(status)s, report = coalesce(%(report)s, report), stopped_by = %(stopped_by)s,
           failure = %(failure)s, ended_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'running'
"""


def end_task(
    tx: Transaction,
    task_id: UUID,
    status: TaskStatus,
    *,
    report: dict[str, Any] | None = None,
    stopped_by: str = "",
    failure: str = "",
) -> None:
    """A task that has ended stays as it is."""
    values = {"status": status, "stopped_by": stopped_by, "failure": failure}
    if tx.run(_END, id=task_id, report=Jsonb(report) if report else None, **values):
        _notify(tx, task_id)


_GO_ON: Final = """
    UPDATE agent_task SET status = 'running', attempt = attempt + 1, stopped_by = '', failure = '', report = NULL,
           ended_at = NULL, ends_by = now() + make_interval(secs => %(life_s)s)
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""


def go_on(tx: Transaction, task_id: UUID, *, life_s: float) -> None:
    """The next attempt may go on, for as long as a new task; the one before it stops."""
    tx.run(_GO_ON, id=task_id, life_s=life_s)


_ITEMS: Final = """
    SELECT number, kind, planned, content, tokens, cost_usd::float, created_at FROM agent_item
     WHERE tenant_id = %(tenant_id)s AND task_id = %(task_id)s ORDER BY number
"""


def list_items(tx: Transaction, task_id: UUID) -> list[Item]:
    return tx.all(Item, _ITEMS, task_id=task_id)


_ADD_ITEM: Final = """
    INSERT INTO agent_item (task_id, number, tenant_id, kind, planned, content, tokens, cost_usd)
    VALUES (%(task_id)s, %(number)s, %(tenant_id)s, %(kind)s, %(planned)s, %(content)s, %(tokens)s, %(cost_usd)s)
    ON CONFLICT (task_id, number) DO NOTHING
"""


def add_item(tx: Transaction, task_id: UUID, item: Item) -> None:
    """Once: a repetition changes nothing."""
    kind: ItemKind = item.kind
    values = {"number": item.number, "planned": item.planned, "tokens": item.tokens, "cost_usd": item.cost_usd}
    if tx.run(_ADD_ITEM, task_id=task_id, kind=kind, content=Jsonb(item.content), **values):
        _notify(tx, task_id)


_DROP_SYNTHESIS: Final = """
    DELETE FROM agent_item WHERE tenant_id = %(tenant_id)s AND task_id = %(task_id)s AND kind = 'synthesis'
"""


def drop_synthesis(tx: Transaction, task_id: UUID) -> None:
    """Of a task that goes on: what it ended with was written of less."""
    tx.run(_DROP_SYNTHESIS, task_id=task_id)


_ASK: Final = """
    INSERT INTO agent_approval (id, tenant_id, task_id, planned, tool, arguments)
    VALUES (%(id)s, %(tenant_id)s, %(task_id)s, %(planned)s, %(tool)s, %(arguments)s)
    ON CONFLICT (task_id, planned) DO NOTHING
"""


def ask_approval(tx: Transaction, task_id: UUID, planned: int, tool: str, arguments: dict[str, Any]) -> None:
    """Once for each step of the plan."""
    values = {"planned": planned, "tool": tool, "arguments": Jsonb(arguments)}
    if tx.run(_ASK, id=new_id(), task_id=task_id, **values):
        _notify(tx, task_id)


_APPROVALS: Final = """
    SELECT a.id, a.task_id, a.planned, a.tool, a.arguments, a.status, a.comment, a.created_at, a.decided_at
      FROM agent_approval AS a JOIN agent_task AS t ON t.id = a.task_id
     WHERE a.tenant_id = %(tenant_id)s AND t.owner_id = %(owner_id)s AND a.task_id = %(task_id)s
     ORDER BY a.planned
"""


def list_approvals(tx: Transaction, task_id: UUID, *, owner_id: UUID) -> Sequence[ApprovalRow]:
    return tx.all(ApprovalRow, _APPROVALS, task_id=task_id, owner_id=owner_id)


_DECIDE: Final = """
    UPDATE agent_approval SET status = %(status)s, comment = %(comment)s, decided_by = %(decided_by)s,
           decided_at = now()
     WHERE tenant_id = %(tenant_id)s AND task_id = %(task_id)s AND id = %(id)s AND status = 'pending'
"""


def decide(
    tx: Transaction, task_id: UUID, approval_id: UUID, *, status: ApprovalStatus, comment: str, decided_by: UUID
) -> bool:
    """False if it was decided before."""
    values = {"status": status, "comment": comment, "decided_by": decided_by}
    return tx.run(_DECIDE, id=approval_id, task_id=task_id, **values) > 0
