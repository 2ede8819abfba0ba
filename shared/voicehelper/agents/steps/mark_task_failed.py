"""Agent step: a step failed for good; record why, with the trace so far."""

from __future__ import annotations

import json
from typing import Any, Final

from voicehelper.adapters.database import Database
from voicehelper.agents import store
from voicehelper.agents.events import TaskEvent, TaskFailed
from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.messages.catalogue import codes

INTERRUPTED: Final = "TASK_INTERRUPTED"
_OVER_BUDGET: Final = "BudgetExceededError"  # of models.errors, by the name that Step Functions reports
_AWAY: Final = frozenset({UpstreamUnavailableError.__name__, "Lambda.TooManyRequestsException"})


def mark_task_failed(event: TaskFailed, *, database: Database) -> TaskEvent:
    with database.transaction(event.tenant_id) as tx:
        task = store.lock_task(tx, event.task_id)
        if task and task.attempt == event.attempt:
            store.end_task(tx, task.id, "failed", failure=failure_code(event.error))
    return TaskEvent(**event.model_dump(exclude={"error"}))


def failure_code(error: dict[str, Any]) -> str:
    """A code with a sentence for users; a step's own reason only where there is one for it."""
    name, message = str(error.get("Error", "")), _message(str(error.get("Cause", "")))
    if name == RejectedError.__name__ and message in codes("agent_tasks"):
        return message
    if name == _OVER_BUDGET:
        return "TASK_OVER_BUDGET"
    return "TASK_DEPENDENCY_AWAY" if name in _AWAY else INTERRUPTED


def _message(cause: str) -> str:
    """Of Lambda's error object in the cause: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    try:
        return str(json.loads(cause).get("errorMessage", ""))
    except (ValueError, AttributeError):
        return ""
