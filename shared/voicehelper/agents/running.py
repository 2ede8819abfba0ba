"""Starts and ends executions of tasks: ``start`` for endpoints, ``end_lost_execution`` for whoever hears of a lost one.

The row is written first, then the execution is started under a name that cannot be used twice; a task whose execution
is lost goes on with the next attempt.
"""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.executions import RUNNING, Executions
from voicehelper.agents import store
from voicehelper.agents.events import TaskEvent
from voicehelper.agents.task import Task

# A task's own life. The execution's time-out in the state machine is longer: it is for what went wrong.
LIFE_S: Final = 900.0


def event_of(task: Task) -> TaskEvent:
    return TaskEvent(tenant_id=task.tenant_id, task_id=task.id, attempt=task.attempt)


def start(event: TaskEvent, executions: Executions) -> bool:
    """False if this attempt was started before."""
    return executions.start(event.execution_name, event.model_dump_json())


def begin_again(tx: Transaction, task_id: UUID, executions: Executions) -> None:
    """Start the next attempt, which goes on where the trace ends, before the commit: its first step waits for the row.

    A name that is used already is that of a start whose commit never came.
    """
    store.drop_synthesis(tx, task_id)
    started = False
    while not started:
        store.go_on(tx, task_id, life_s=LIFE_S)
        task = store.lock_task(tx, task_id)
        assert task
        started = start(event_of(task), executions)


def end_lost_execution(execution_input: str, status: str, *, database: Database) -> None:
    """A task whose execution timed out, was stopped or crashed, and recorded no end; nothing for that of a document."""
    if "task_id" not in json.loads(execution_input):
        return
    event = TaskEvent.model_validate_json(execution_input)
    with database.transaction(event.tenant_id) as tx:
        task = store.lock_task(tx, event.task_id)
        if task and task.status == "running" and task.attempt == event.attempt:
            timed_out = status == "TIMED_OUT"
            failure = "" if timed_out else "TASK_INTERRUPTED"
            store.end_task(tx, task.id, "timed_out" if timed_out else "failed", failure=failure)


def end_undeliverable(message: str, *, database: Database) -> None:
    """The same for an event that Lambda gave up on; other messages are about no task.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    detail = dict(dict(json.loads(message).get("requestPayload") or {}).get("detail") or {})
    if detail:
        end_lost_execution(detail["input"], detail["status"], database=database)


def is_lost(task: Task, executions: Executions) -> bool:
    """Whether a task that says it runs has no execution that does."""
    return executions.status(event_of(task).execution_name) != RUNNING
