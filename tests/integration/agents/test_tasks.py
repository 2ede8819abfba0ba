"""A task from its start to its end over a real database, by the state machine's own definition."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.agents.events import TaskEvent
from voicehelper.agents.models import Decision, NewTask
from voicehelper.agents.planning.protocol import CannotFillError, Spent
from voicehelper.agents.running import end_lost_execution, end_undeliverable
from voicehelper.agents.service import (
    ForeignUserError,
    UnknownToolError,
    cancel_task,
    decide,
    execute_task,
    list_approvals,
    list_tasks,
    resume_task,
    wait_s_of,
)
from voicehelper.agents.steps.moves import Deployment
from voicehelper.agents.store import (
    ApprovalDecidedError,
    ApprovalNotFoundError,
    TaskEndedError,
    TaskNotFoundError,
    TaskNotResumableError,
)
from voicehelper.agents.tools.protocol import ToolCall, ToolOutcome
from voicehelper.errors import DatabaseError, RejectedError, UpstreamUnavailableError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.models.errors import BudgetExceededError
from voicehelper.shapes.ids import new_id, show
from voicehelper.shapes.pages import PageRequest

from tests.integration.agents.conftest import Desk, make_desk, steps

FIRST_PAGE = PageRequest(page=1, page_size=20)
Users = Callable[[], tuple[UUID, UUID]]


def kinds(desk: Desk, task_id: UUID) -> list[tuple[str, str]]:
    return [(item.step_type, item.action) for item in desk.show(task_id).execution_trace]


def test_a_task_is_planned_carried_out_and_reported(desk: Desk) -> None:
    task = desk.show(desk.ask())

    assert task.status == "completed"
    assert [step.tool for step in task.plan] == ["calculator", "knowledge_base", "llm_synthesis"]
    assert [(item.step, item.action, item.observation) for item in task.execution_trace] == [
        (1, "calculator", "calculator said 1"),
        (2, "knowledge_base", "knowledge_base said 2"),
        (3, "final_answer", None),
    ]
    assert task.final_result == "calculator said 1; knowledge_base said 2"
    assert (task.stats.total_steps, task.stats.tool_calls, task.stats.total_tokens) == (3, 2, 20)
    assert task.stats.total_cost == 0.5
    assert task.progress == 100


def test_a_call_says_whose_it_is_and_what_is_allowed(desk: Desk) -> None:
    task_id = desk.ask(tools=["knowledge_base", "calculator"])

    [first, second] = desk.calls

    assert (first.tenant_id, first.user_id) == (desk.owner.tenant.tenant_id, desk.owner.user_id)
    assert first.allowed == ["knowledge_base", "calculator"]
    assert (first.key, second.key) == (f"{show('task', task_id)}-1", f"{show('task', task_id)}-2")


def test_every_state_carried_out_twice_leaves_one_trace(desk: Desk) -> None:
    desk.machine.repeat = True
    desk.planner.revisions = [steps("calculator")[:1]]

    task_id = desk.ask()

    assert kinds(desk, task_id) == [
        ("tool_call", "calculator"), ("tool_call", "knowledge_base"), ("reflection", "replan"),
        ("tool_call", "calculator"), ("synthesis", "final_answer"),
    ]  # fmt: skip


@pytest.mark.parametrize("states", range(7))
def test_a_task_whose_execution_is_lost_goes_on_where_it_was(database: Database, desk: Desk, states: int) -> None:
    desk.machine.killed_after = states
    task_id = desk.ask()
    task = desk.show(task_id)
    if task.status == "running":
        [name] = desk.machine.statuses
        assert desk.machine.status(name) == "FAILED"
        resume_task(desk.owner, task_id, executions=desk.machine)
        desk.machine.run_waiting()

    assert kinds(desk, task_id) == [
        ("tool_call", "calculator"), ("tool_call", "knowledge_base"), ("synthesis", "final_answer"),
    ]  # fmt: skip
    assert desk.show(task_id).status == "completed"
    assert len({call.key for call in desk.calls}) == 2


@pytest.mark.parametrize("max_steps", [1, 2, 3, 4, 5])
def test_no_trace_is_longer_than_its_bound_replans_included(desk: Desk, max_steps: int) -> None:
    desk.planner.planned = steps("calculator", "calculator")
    desk.planner.revisions = [steps(*["calculator"] * 5)[:5] for _ in range(5)]

    task = desk.show(desk.ask(max_steps=max_steps))

    assert len(task.execution_trace) <= max_steps
    assert task.execution_trace[-1].action == "final_answer"
    assert task.stopped_by == (None if max_steps in (3, 4) else "max_steps")
    assert task.status == "completed"
    assert task.final_result.startswith("**Partial") == bool(task.stopped_by)


def test_a_task_replans_twice_at_most_and_says_so(desk: Desk) -> None:
    desk.planner.revisions = [steps("calculator")[:1] for _ in range(9)]

    task = desk.show(desk.ask(max_steps=50))

    assert [item.step_type for item in task.execution_trace].count("reflection") == 2
    assert [step.step for step in task.plan] == [1, 2, 3, 4, 5]
    assert task.plan[-1].tool == "llm_synthesis"
    assert desk.planner.calls.count("revise") == 2


def test_without_reflection_a_plan_stays_as_it_is(desk: Desk) -> None:
    desk.planner.revisions = [steps("calculator")[:1]]

    task = desk.show(desk.ask(enable_reflection=False))

    assert desk.planner.calls == ["plan", "write"]
    assert len(task.execution_trace) == 3


@pytest.mark.parametrize(
    ("bound", "name"), [({"max_tokens": 10}, "max_tokens"), ({"max_cost_usd": 0.2}, "max_cost_usd")]
)
def test_a_budget_ends_a_task_with_what_it_has(desk: Desk, bound: dict[str, Any], name: str) -> None:
    task = desk.show(desk.ask(**bound))

    assert task.stopped_by == name
    assert kinds(desk, task.task_id) == [("tool_call", "calculator"), ("synthesis", "final_answer")]
    assert "calculator said 1" in task.final_result


def test_what_planning_took_counts(desk: Desk) -> None:
    desk.planner.spent = Spent(7, 0.01)

    task = desk.show(desk.ask(enable_reflection=False))

    assert task.stats.total_tokens == 7 + 2 * 10 + 7
    assert task.stats.total_cost == pytest.approx(0.01 + 2 * 0.25 + 0.01)


def test_a_task_that_takes_too_long_ends_with_what_it_has(desk: Desk) -> None:
    later = Deployment(
        desk.machine.deployment.database, lambda: desk.planner, now=lambda: datetime.now(UTC) + timedelta(hours=1)
    )
    desk.machine.deployment = later

    task = desk.show(desk.ask())

    assert (task.status, task.stopped_by) == ("timed_out", "time")


def test_a_cancelled_task_calls_no_further_tool(desk: Desk) -> None:
    run_tool = desk.machine.run_tool

    def cancels(call: ToolCall) -> ToolOutcome:
        cancel_task(desk.owner, call.task_id)
        return run_tool(call)

    desk.machine.run_tool = cancels

    task_id = desk.ask()
    task = desk.show(task_id)

    assert (task.status, len(desk.calls)) == ("cancelled", 1)
    assert kinds(desk, task_id) == [("tool_call", "calculator")]
    assert cancel_task(desk.owner, task_id).status == "cancelled"


def test_a_cancelled_task_can_go_on_and_a_completed_one_cannot_be_cancelled(desk: Desk) -> None:
    desk.machine.killed_after = 0
    task_id = desk.ask()
    cancel_task(desk.owner, task_id)

    resume_task(desk.owner, task_id, executions=desk.machine)
    desk.machine.run_waiting()

    assert desk.show(task_id).status == "completed"
    with pytest.raises(TaskEndedError):
        cancel_task(desk.owner, task_id)
    with pytest.raises(TaskNotResumableError):
        resume_task(desk.owner, task_id, executions=desk.machine)


def test_a_running_task_is_not_started_a_second_time(desk: Desk) -> None:
    accepted = execute_task(
        desk.owner, NewTask(task="x", tools=["calculator"]), is_tool=lambda _: True, executions=desk.machine, wait_s=0
    )

    with pytest.raises(TaskNotResumableError):
        resume_task(desk.owner, accepted.task_id, executions=desk.machine)


def test_a_tool_that_cannot_be_reached_is_told_and_the_task_goes_on(desk: Desk) -> None:
    run_tool = desk.machine.run_tool

    def fails(call: ToolCall) -> ToolOutcome:
        if call.tool == "calculator":
            raise UpstreamUnavailableError
        return run_tool(call)

    desk.machine.run_tool = fails

    task = desk.show(desk.ask())

    assert task.status == "completed"
    assert [item.error.code if item.error else None for item in task.execution_trace[:2]] == ["TOOL_UNAVAILABLE", None]


def test_a_step_whose_values_were_not_found_is_passed_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise CannotFillError([1])

    monkeypatch.setattr(desk.planner, "fill", fill)

    task = desk.show(desk.ask())

    assert desk.calls == []
    assert [item.error.code for item in task.execution_trace if item.error] == ["VALUE_NOT_FOUND"] * 2
    assert "step 1" in (task.execution_trace[0].observation or "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RejectedError("PLAN_INVALID"), "PLAN_INVALID"),
        (UpstreamUnavailableError("secret host"), "TASK_DEPENDENCY_AWAY"),
        (DatabaseError("secret host"), "TASK_INTERRUPTED"),
        (BudgetExceededError("secret"), "TASK_OVER_BUDGET"),
        (RejectedError("secret"), "TASK_INTERRUPTED"),
    ],
)
def test_a_step_that_fails_for_good_says_why_without_internals(desk: Desk, error: Exception, code: str) -> None:
    desk.planner.fails = error

    task = desk.show(desk.ask())

    assert task.status == "failed"
    assert task.error
    assert task.error.code == code
    assert "secret" not in task.model_dump_json()


def test_a_failed_task_goes_on_at_the_step_that_failed(desk: Desk) -> None:
    desk.planner.fails = UpstreamUnavailableError()
    task_id = desk.ask()
    desk.planner.fails = None

    resume_task(desk.owner, task_id, executions=desk.machine)
    desk.machine.run_waiting()

    assert desk.show(task_id).status == "completed"
    assert desk.show(task_id).error is None


def test_an_execution_that_ended_unheard_ends_its_task(database: Database, desk: Desk) -> None:
    desk.machine.killed_after = 1
    task_id = desk.ask()
    event = TaskEvent(tenant_id=desk.owner.tenant.tenant_id, task_id=task_id, attempt=1)

    end_undeliverable('{"kb_id": "x"}', database=database)
    detail = {"input": event.model_dump_json(), "status": "ABORTED"}
    end_undeliverable(json.dumps({"requestPayload": {"detail": detail}}), database=database)

    task = desk.show(task_id)
    assert (task.status, task.error and task.error.code) == ("failed", "TASK_INTERRUPTED")


def test_an_execution_that_a_newer_one_has_followed_ends_nothing(database: Database, desk: Desk) -> None:
    desk.machine.killed_after = 1
    task_id = desk.ask()
    resume_task(desk.owner, task_id, executions=desk.machine)
    old = TaskEvent(tenant_id=desk.owner.tenant.tenant_id, task_id=task_id, attempt=1)

    end_lost_execution(old.model_dump_json(), "TIMED_OUT", database=database)

    assert desk.show(task_id).status == "running"


class TestApproval:
    @pytest.fixture
    def guarded(self, database: Database, users: Users) -> Desk:
        return make_desk(database, *users(), needs_approval=frozenset({"calculator"}))

    def test_a_call_waits_for_a_person_and_then_happens_once(self, guarded: Desk) -> None:
        guarded.planner.planned = steps("calculator", "knowledge_base", expression="1+1")
        task_id = guarded.ask()
        waiting = guarded.show(task_id)
        [approval] = list_approvals(guarded.owner, task_id)

        decide(guarded.owner, task_id, approval.id, Decision(decision="approve"), executions=guarded.machine)
        guarded.machine.run_waiting()

        assert (waiting.status, waiting.awaiting_approval) == ("running", True)
        assert (approval.action, approval.action_input, approval.status) == (
            "calculator", {"expression": "1+1"}, "pending",
        )  # fmt: skip
        assert [call.arguments for call in guarded.calls if call.tool == "calculator"] == [{"expression": "1+1"}]
        assert kinds(guarded, task_id) == [
            ("approval", "calculator"), ("tool_call", "calculator"), ("tool_call", "knowledge_base"),
            ("synthesis", "final_answer"),
        ]  # fmt: skip
        assert not guarded.show(task_id).awaiting_approval

    def test_a_denied_call_does_not_happen_and_the_task_goes_on(self, guarded: Desk) -> None:
        task_id = guarded.ask()
        [approval] = list_approvals(guarded.owner, task_id)

        decide(
            guarded.owner, task_id, approval.id, Decision(decision="deny", comment="not today"),
            executions=guarded.machine,
        )  # fmt: skip
        guarded.machine.run_waiting()

        task = guarded.show(task_id)
        assert [call.tool for call in guarded.calls] == ["knowledge_base"]
        assert task.status == "completed"
        assert "not today" in (task.execution_trace[1].observation or "")

    def test_the_second_decision_and_one_on_an_ended_task_are_refused(self, guarded: Desk) -> None:
        task_id, cancelled = guarded.ask(), guarded.ask()
        [approval], [late] = list_approvals(guarded.owner, task_id), list_approvals(guarded.owner, cancelled)
        decide(guarded.owner, task_id, approval.id, Decision(decision="deny"), executions=guarded.machine)
        cancel_task(guarded.owner, cancelled)

        for task, one in ((task_id, approval), (cancelled, late)):
            with pytest.raises(ApprovalDecidedError):
                decide(guarded.owner, task, one.id, Decision(decision="approve"), executions=guarded.machine)
        guarded.machine.run_waiting()

        assert [call.tool for call in guarded.calls] == ["knowledge_base"]

    def test_a_foreign_approval_is_not_found(self, guarded: Desk, desk: Desk) -> None:
        task_id, own = guarded.ask(), desk.ask()
        [approval] = list_approvals(guarded.owner, task_id)
        approve = Decision(decision="approve")

        with pytest.raises(TaskNotFoundError):
            decide(desk.owner, task_id, approval.id, approve, executions=desk.machine)
        with pytest.raises(ApprovalNotFoundError):
            decide(desk.owner, own, approval.id, approve, executions=desk.machine)

    def test_a_restart_while_it_waits_changes_nothing(self, guarded: Desk) -> None:
        task_id = guarded.ask()
        guarded.machine.statuses = dict.fromkeys(guarded.machine.statuses, "FAILED")

        with pytest.raises(TaskNotResumableError):
            resume_task(guarded.owner, task_id, executions=guarded.machine)

        [approval] = list_approvals(guarded.owner, task_id)
        decide(guarded.owner, task_id, approval.id, Decision(decision="approve"), executions=guarded.machine)
        guarded.machine.run_waiting()
        assert guarded.show(task_id).status == "completed"


def test_tasks_are_listed_by_state_and_only_to_their_owner(desk: Desk, database: Database, users: Users) -> None:
    done, cancelled = desk.ask("done"), desk.ask("cancelled", max_steps=50)
    desk.machine.killed_after = 0
    open_task = desk.ask("open")
    other = make_desk(database, *users())

    everything = list_tasks(desk.owner, None, FIRST_PAGE)
    running = list_tasks(desk.owner, "running", FIRST_PAGE)

    assert [item.task_id for item in everything.items] == [open_task, cancelled, done]
    assert [(item.task_id, item.progress) for item in running.items] == [(open_task, 0)]
    assert list_tasks(other.owner, None, FIRST_PAGE).total == 0
    with pytest.raises(TaskNotFoundError):
        other.show(done)


def test_what_cannot_be_carried_out_is_refused_before_it_begins(desk: Desk) -> None:
    def ask(**more: object) -> None:
        new = NewTask.model_validate({"task": "x", "tools": ["calculator"], **more})
        execute_task(desk.owner, new, is_tool=lambda name: name == "calculator", executions=desk.machine, wait_s=0)

    with pytest.raises(UnknownToolError) as unknown:
        ask(tools=["calculator", "shell"])
    with pytest.raises(ForeignUserError):
        ask(user_id=str(new_id()))
    with pytest.raises(KnowledgeBaseNotFoundError):
        ask(kb_ids=[show("kb", new_id())])
    ask(user_id=str(desk.owner.user_id).upper())

    assert unknown.value.details["unknown"] == "shell"
    assert list_tasks(desk.owner, None, FIRST_PAGE).total == 1


def test_a_task_whose_execution_cannot_be_started_says_so_and_can_be_resumed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        raise UpstreamUnavailableError

    with monkeypatch.context() as patch:
        patch.setattr(desk.machine, "start", refuse)
        with pytest.raises(UpstreamUnavailableError):
            desk.ask()
    [failed] = list_tasks(desk.owner, "failed", FIRST_PAGE).items

    resume_task(desk.owner, failed.task_id, executions=desk.machine)
    desk.machine.run_waiting()

    assert desk.show(failed.task_id).status == "completed"


def test_a_task_whose_end_nobody_heard_of_ends_when_it_is_asked_for(desk: Desk, admin: psycopg.Connection[Any]) -> None:
    desk.machine.killed_after = 1
    task_id = desk.ask()
    before = desk.show(task_id).status
    admin.execute("UPDATE agent_task SET ends_by = now() - interval '16 minutes' WHERE id = %s", (task_id,))

    task = desk.show(task_id)

    assert (before, task.status, task.stopped_by) == ("running", "timed_out", "time")
    resume_task(desk.owner, task_id, executions=desk.machine)
    desk.machine.run_waiting()
    assert desk.show(task_id).status == "completed"


def test_who_asks_is_told_as_soon_as_the_task_ends(desk: Desk, database_url: str) -> None:
    """By a notification of the database: the other connection runs the machine while this one waits."""
    other = Database(lambda: database_url)
    desk.machine.deployment = Deployment(other, lambda: desk.planner)
    new = NewTask(task="x", tools=["calculator", "knowledge_base"])
    start = desk.machine.start

    def start_elsewhere(name: str, payload: str) -> bool:
        started = start(name, payload)
        threading.Thread(target=desk.machine.run_waiting, daemon=True).start()
        return started

    desk.machine.start = start_elsewhere  # type: ignore[method-assign]
    shown = execute_task(desk.owner, new, is_tool=lambda _: True, executions=desk.machine, wait_s=100)
    other.close()

    assert shown.status == "completed"


def test_who_does_not_want_to_wait_says_so() -> None:
    assert wait_s_of("respond-async, wait=10") == 0
    assert wait_s_of("") == wait_s_of("return=minimal") == 25


def test_tasks_go_with_their_user(desk: Desk, admin: psycopg.Connection[Any]) -> None:
    task_id = desk.ask()

    admin.execute("DELETE FROM app_user WHERE id = %s", (desk.owner.user_id,))

    [(left,)] = admin.execute("SELECT count(*) FROM agent_item WHERE task_id = %s", (task_id,)).fetchall()
    assert left == 0
