"""The events of a task, with a real database: what was written is told once, in order, from wherever one asks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from voicehelper.adapters.database import Database
from voicehelper.agents.models import Decision, NewTask
from voicehelper.agents.service import cancel_task, decide, execute_task, list_approvals, resume_task, watch_task
from voicehelper.agents.steps.moves import Deployment
from voicehelper.agents.store import TaskNotFoundError
from voicehelper.agents.tools.protocol import ToolCall, ToolOutcome
from voicehelper.agents.watching import ApprovalAwaited, ItemAdded, TaskEnded, WatchedEvent
from voicehelper.shapes.ids import new_id

from tests.integration.agents.conftest import Desk, make_desk, steps

PATIENCE_S = 600.0


def watch(desk: Desk, task_id: UUID, after: int = 0, within_s: float = 0) -> list[WatchedEvent]:
    return list(watch_task(desk.owner, task_id, after=after, within_s=within_s))


def added(events: list[WatchedEvent]) -> list[tuple[int, str]]:
    return [(event.sequence, event.item.action) for event in events if isinstance(event, ItemAdded)]


def begin(desk: Desk) -> UUID:
    new = NewTask(task="x", tools=["calculator", "knowledge_base"])
    return execute_task(desk.owner, new, is_tool=lambda _: True, executions=desk.machine, wait_s=0).task_id


def test_items_come_in_order_and_the_end_has_the_report(desk: Desk) -> None:
    events = watch(desk, desk.ask())

    assert added(events) == [(1, "calculator"), (2, "knowledge_base")]
    ended = events[-1]
    assert isinstance(ended, TaskEnded)
    assert (ended.sequence, ended.task.status) == (2, "completed")
    assert ended.task.execution_trace[-1].step_type == "synthesis"
    assert ended.task.final_result


@pytest.mark.parametrize(("after", "expected"), [(0, [1, 2]), (1, [2]), (2, []), (9, [])])
def test_who_comes_back_is_told_what_came_after(desk: Desk, after: int, expected: list[int]) -> None:
    events = watch(desk, desk.ask(), after)

    assert [sequence for sequence, _ in added(events)] == expected
    assert isinstance(events[-1], TaskEnded)


def test_each_item_is_told_as_soon_as_it_is_written(desk: Desk, database_url: str) -> None:
    """The machine runs on another connection, one tool at a time, while this one listens."""
    with contextlib.closing(Database(lambda: database_url)) as other:
        desk.machine.deployment = Deployment(other, lambda: desk.planner)
        task_id = begin(desk)
        events = watch_task(desk.owner, task_id, within_s=PATIENCE_S)
        run_tool, heard = desk.machine.run_tool, list[WatchedEvent]()

        def run_when_the_last_is_heard(call: ToolCall) -> ToolOutcome:
            if call.step > 1:
                heard.append(next(events))
            return run_tool(call)

        desk.machine.run_tool = run_when_the_last_is_heard
        desk.machine.run_waiting()
        heard.extend(events)

    assert added(heard) == [(1, "calculator"), (2, "knowledge_base")]
    assert isinstance(heard[-1], TaskEnded)


def test_a_state_that_is_carried_out_twice_is_told_once(desk: Desk) -> None:
    desk.machine.repeat = True

    events = watch(desk, desk.ask())

    assert added(events) == [(1, "calculator"), (2, "knowledge_base")]
    assert sum(isinstance(event, TaskEnded) for event in events) == 1


def test_a_cancelled_task_ends_its_events(desk: Desk, database_url: str) -> None:
    with contextlib.closing(Database(lambda: database_url)) as other:
        canceller = make_desk(other, desk.owner.tenant.tenant_id, desk.owner.user_id)
        task_id = begin(desk)

        events = watch_task(desk.owner, task_id, within_s=PATIENCE_S)
        cancel_task(canceller.owner, task_id)
        [ended] = events

    assert isinstance(ended, TaskEnded)
    assert ended.task.status == "cancelled"


def test_a_task_that_goes_on_shows_its_next_report_to_who_saw_the_first(desk: Desk) -> None:
    """The first report was written when the time was over, and has the number that the next call takes."""
    deployment, run_tool = desk.machine.deployment, desk.machine.run_tool

    def run_until_late(call: ToolCall) -> ToolOutcome:
        desk.machine.deployment = replace(deployment, now=lambda: datetime.now(UTC) + timedelta(days=1))
        return run_tool(call)

    desk.machine.run_tool = run_until_late
    task_id = desk.ask()
    first = watch(desk, task_id)
    desk.machine.deployment, desk.machine.run_tool = deployment, run_tool
    resume_task(desk.owner, task_id, executions=desk.machine)
    desk.machine.run_waiting()
    resumed = watch(desk, task_id, after=first[-1].sequence)

    assert (added(first), added(resumed)) == ([(1, "calculator")], [(2, "knowledge_base")])
    assert [event.task.status for event in (first[-1], resumed[-1]) if isinstance(event, TaskEnded)] == [
        *("timed_out", "completed")
    ]


def test_a_task_that_waits_for_a_person_says_so_and_goes_on(database: Database, desk: Desk) -> None:
    owner = desk.owner
    asking = make_desk(database, owner.tenant.tenant_id, owner.user_id, frozenset({"calculator"}))
    asking.planner.planned = steps("calculator", "calculator")
    task_id = asking.ask()

    events = watch_task(owner, task_id, within_s=PATIENCE_S)
    told = [next(events)]
    for _ in range(2):
        pending = next(row for row in list_approvals(owner, task_id) if row.status == "pending")
        decide(owner, task_id, pending.id, Decision(decision="approve"), executions=asking.machine)
        asking.machine.run_waiting()
        told.extend(_until_it_stops(events))

    assert [type(event).__name__ for event in told] == [
        *("ApprovalAwaited", "ItemAdded", "ItemAdded"),
        *("ApprovalAwaited", "ItemAdded", "ItemAdded", "TaskEnded"),
    ]
    assert [sequence for sequence, _ in added(told)] == [1, 2, 3, 4]


def _until_it_stops(events: Iterator[WatchedEvent]) -> Iterator[WatchedEvent]:
    for event in events:
        yield event
        if not isinstance(event, ItemAdded):
            return


def test_a_foreign_task_tells_nothing(database: Database, desk: Desk) -> None:
    task_id = desk.ask()
    stranger = make_desk(database, desk.owner.tenant.tenant_id, new_id())

    with pytest.raises(TaskNotFoundError):
        watch(stranger, task_id)


def test_a_task_that_takes_longer_than_the_time_has_no_end(desk: Desk) -> None:
    desk.machine.killed_after = 1
    task_id = desk.ask()

    events = watch(desk, task_id, within_s=0)

    assert not any(isinstance(event, (TaskEnded, ApprovalAwaited)) for event in events)
