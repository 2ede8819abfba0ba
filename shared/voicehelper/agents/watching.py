"""A task as it goes on, as an iterator of events like that of answers. Entry: ``task_events``, called by ``service``.

An event's ``sequence`` is the number of the last item of the trace that it knows, and what ``after`` takes to go on
behind it. A report is written with the end of its task and goes with it when the task goes on, so it comes inside
``TaskEnded`` and is not counted: who stopped there sees the next report as well, and nothing a second time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.agents.models import AgentTask, TraceItem
from voicehelper.agents.store import channel


@dataclass(frozen=True, slots=True)
class ItemAdded:
    """The trace has one more item: a call of a tool, a look back, or a decision."""

    sequence: int
    item: TraceItem


@dataclass(frozen=True, slots=True)
class ApprovalAwaited:
    """Nothing happens until a person decides; the events go on afterwards. ``task`` is all there is of it."""

    sequence: int
    task: AgentTask


@dataclass(frozen=True, slots=True)
class TaskEnded:
    """The last event. ``task.status`` says how it ended, and its report is there if one was written."""

    sequence: int
    task: AgentTask


WatchedEvent = ItemAdded | ApprovalAwaited | TaskEnded


def task_events(
    tenant: TenantDatabase, task_id: UUID, show: Callable[[], AgentTask], *, after: int = 0, within_s: float
) -> Generator[WatchedEvent]:
    """What happened since item ``after``, then what happens, each once and in order, for ``within_s`` at most.

    ``show`` reads the task; whatever it raises leaves. Without a ``TaskEnded``, the time was over before the task.
    """
    ends_at = time.monotonic() + within_s
    with tenant.listening(channel(task_id)) as wait:
        seen, asked_at = after, -1
        while True:
            task = show()
            for event in _since(task, seen):
                seen = event.sequence
                yield event
            if task.status != "running":
                yield TaskEnded(seen, task)
                return
            if task.awaiting_approval and asked_at != seen:
                asked_at = seen
                yield ApprovalAwaited(seen, task)
            if (left_s := ends_at - time.monotonic()) <= 0:
                return
            wait(left_s)


def _since(task: AgentTask, seen: int) -> Iterator[ItemAdded]:
    for item in task.execution_trace:
        if item.step > seen and item.step_type != "synthesis":
            yield ItemAdded(item.step, item)
