"""A user of a tenant with a real database, and a machine that a test drives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.agents.models import AgentTask, NewTask
from voicehelper.agents.planning.plan import SYNTHESIS, Observed, Plan, PlannedStep, Report
from voicehelper.agents.planning.protocol import Filled, Planned, Revised, Spent, Written
from voicehelper.agents.service import Owner, execute_task, show_task
from voicehelper.agents.steps.moves import Deployment
from voicehelper.agents.task import Task
from voicehelper.agents.tools.protocol import ToolCall, ToolOutcome, ToolResult
from voicehelper.shapes.ids import new_id

from tests.support.agent_machine import Machine
from tests.support.bases import add_member


def steps(*tools: str, **arguments: Any) -> list[PlannedStep]:
    """A plan with the synthesis at its end; every step has the same arguments."""
    planned = [*tools, SYNTHESIS]
    return [
        PlannedStep(step=number, description=f"step {number}", tool=tool, arguments=arguments)
        for number, tool in enumerate(planned, start=1)
    ]


@dataclass
class ScriptedPlanner:
    """``revisions`` are handed out one after the other, then nothing is missing any more."""

    planned: list[PlannedStep] = field(default_factory=lambda: steps("calculator", "knowledge_base"))
    revisions: list[list[PlannedStep]] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)
    fails: Exception | None = None
    calls: list[str] = field(default_factory=list)

    def plan(self, task: Task) -> Planned:  # noqa: ARG002
        self.calls.append("plan")
        if self.fails:
            raise self.fails
        return Planned(Plan(thought="because", steps=self.planned), self.spent)

    def fill(self, task: Task, step: PlannedStep, observed: Sequence[Observed]) -> Filled:  # noqa: ARG002
        return Filled(step.arguments)

    def revise(self, task: Task, observed: Sequence[Observed], *, steps_left: int) -> Revised:  # noqa: ARG002
        self.calls.append("revise")
        return Revised("something is missing", self.revisions.pop(0) if self.revisions else [])

    def write(self, task: Task, observed: Sequence[Observed], *, stopped_by: str) -> Written:  # noqa: ARG002
        self.calls.append("write")
        lines = [one.result.observation if one.result else "nothing" for one in observed]
        return Written(Report("; ".join(lines), []), "script", "all is known", self.spent)


@dataclass
class Desk:
    """What a test needs of one user's tasks."""

    owner: Owner
    machine: Machine
    planner: ScriptedPlanner
    calls: list[ToolCall]

    def ask(self, task: str = "do it", **more: Any) -> UUID:
        """Start a task and run it as far as it goes."""
        new = NewTask.model_validate({"task": task, "tools": ["calculator", "knowledge_base"], **more})
        accepted = execute_task(self.owner, new, is_tool=lambda _: True, executions=self.machine, wait_s=0)
        task_id = accepted.task_id
        self.machine.run_waiting()
        return task_id

    def show(self, task_id: UUID) -> AgentTask:
        return show_task(self.owner, task_id)


@pytest.fixture
def users(admin: psycopg.Connection[Any]) -> Callable[[], tuple[UUID, UUID]]:
    """(tenant, user), a new pair at each call."""

    def make() -> tuple[UUID, UUID]:
        tenant = new_id()
        admin.execute("INSERT INTO tenant (id, name) VALUES (%s, 't')", (tenant,))
        return tenant, add_member(admin, tenant)

    return make


@pytest.fixture
def desk(database: Database, users: Callable[[], tuple[UUID, UUID]]) -> Desk:
    return make_desk(database, *users())


def make_desk(database: Database, tenant_id: UUID, user_id: UUID, needs_approval: frozenset[str] = frozenset()) -> Desk:
    planner, calls = ScriptedPlanner(), list[ToolCall]()

    def run_tool(call: ToolCall) -> ToolOutcome:
        calls.append(call)
        return ToolOutcome(result=ToolResult(observation=f"{call.tool} said {call.step}", tokens=10, cost_usd=0.25))

    deployment = Deployment(database, lambda: planner, needs_approval)
    owner = Owner(TenantDatabase(database, tenant_id), user_id, "en", lambda document, page: f"/{document}#{page}")
    return Desk(owner, Machine(deployment, run_tool), planner, calls)
