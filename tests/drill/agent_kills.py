"""kill -9 in every step of agents' tasks: traces and results are those of an undisturbed run."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import UUID

import psycopg
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.agent_resources import agent_executions
from voicehelper.agents.models import AgentTask, NewTask, TaskAccepted
from voicehelper.agents.service import Owner, execute_task, resume_task, show_task
from voicehelper.agents.store import TaskNotResumableError
from voicehelper.resources import database
from voicehelper.shapes.ids import show

from tests.drill.machine import Execution, handler_of
from tests.drill.mortal import WorkError
from tests.drill.outcome import Outcome
from tests.drill.reaper import API, Reaper
from tests.drill.services import Services, running_services
from tests.support.bases import Base, add_member, create_base, index_document

STEPS: Final = ("PlanTask", "Calculate", "AskKnowledge", "RecordStep", "ReflectOnTask", "ComposeReport")
TOOLS: Final = ["calculator", "knowledge_base"]
FACTS: Final = ("The pump is serviced every 90 days.", "The canteen opens at noon.", "A filter costs 12 euros.")
MOST_ATTEMPTS: Final = 12


@dataclass
class Company:
    """One workspace with a base, whose owner gives the tasks."""

    services: Services
    base: Base
    user_id: UUID

    def owner(self, opened: Database) -> Owner:
        return Owner(TenantDatabase(opened, self.base.tenant_id), self.user_id, "en", lambda document, _: str(document))


def kill_agents(random: Random, *, kills: int = 90, least: int = 5) -> Outcome:
    outcome = Outcome()
    with running_services() as services, psycopg.connect(services.dsn, autocommit=True) as admin:
        reaper = Reaper(services, random, outcome)
        for state in (*STEPS, "MarkTaskFailed"):
            handler_of("agent_steps", state)
        base = create_base(admin, model="nobody's")  # words alone find, so that no model is loaded
        admin.execute("UPDATE knowledge_base SET vector_leg = false")
        index_document(admin, base, "a.md", *FACTS)
        company = Company(services, base, add_member(admin, base.tenant_id))
        number = 0
        while reaper.kills.total() < kills or any(reaper.kills[name] < least for name in STEPS):
            number += 1
            calm = _carried_out(number, company, Reaper(services, random, outcome, share=0.0, points=reaper.points))
            _compare(outcome, _carried_out(number, company, reaper), calm)
            outcome.tried["tasks"] += 1
    reaper.tell()
    for state in STEPS:
        outcome.require(f"kills in {state}", least)
    return outcome


def _carried_out(number: int, company: Company, reaper: Reaper) -> AgentTask:
    """Given once, then resumed for as long as it fails."""
    text = f"Calculate {number} + 1; how often is the pump serviced?"
    new = NewTask.model_validate({"task": text, "tools": TOOLS, "kb_ids": [show("kb", company.base.kb_id)]})
    task_id = _accepted(new, company, reaper)
    for _ in range(MOST_ATTEMPTS):
        task = _shown(company, reaper, task_id)
        _run(task_id, company, reaper)
        task = _shown(company, reaper, task_id)
        if task.status == "completed":
            return task
        _resume(task_id, company, reaper)
    reaper.outcome.lost.append(f"task {number} has not ended after {MOST_ATTEMPTS} attempts")
    return task


def _accepted(new: NewTask, company: Company, reaper: Reaper) -> UUID:
    def execute() -> str:
        owner = company.owner(database())
        begun = execute_task(owner, new, is_tool=lambda _: True, executions=agent_executions(), wait_s=0)
        assert isinstance(begun, TaskAccepted)
        return str(begun.task_id)

    calm = Reaper(company.services, reaper.random, reaper.outcome, share=0.0)
    return UUID(calm.insist("ExecuteTask", execute, API))


def _run(task_id: UUID, company: Company, reaper: Reaper) -> None:
    attempt = _attempt(task_id, company)
    given = company.services.execution("agent", f"{show('task', task_id)}-{attempt}")
    if given is None:
        reaper.outcome.lost.append(f"attempt {attempt} of {task_id} was not started")
        return
    reaper.doom(STEPS)
    execution = Execution.of("agent_steps", reaper.carry_out("agent_steps"))
    execution.run(given)


def _attempt(task_id: UUID, company: Company) -> int:
    with psycopg.connect(company.services.dsn) as connection:
        row = connection.execute("SELECT attempt FROM agent_task WHERE id = %s", (task_id,)).fetchone()
    assert row
    return int(row[0])


def _shown(company: Company, reaper: Reaper, task_id: UUID) -> AgentTask:
    opened = Database(lambda: company.services.dsn)
    try:
        return show_task(company.owner(opened), task_id)
    finally:
        opened.close()


def _resume(task_id: UUID, company: Company, reaper: Reaper) -> None:
    """As the task's error says; a resumption that dies is asked for again."""

    def resume() -> None:
        with contextlib.suppress(TaskNotResumableError):  # the try before was killed behind its commit
            resume_task(company.owner(database()), task_id, executions=agent_executions())

    try:
        reaper.insist("ResumeTask", resume, API)
    except WorkError as error:
        reaper.outcome.wrong.append(f"task {task_id} cannot be resumed: {error}")


def _compare(outcome: Outcome, found: AgentTask, calm: AgentTask) -> None:
    outcome.compare("trace", _trace(found), _trace(calm))
    outcome.compare("report", found.final_result, calm.final_result)
    outcome.compare("steps, calls and tokens", _counted(found), _counted(calm))
    steps = [item.step for item in found.execution_trace]
    outcome.duplicated += [f"step {step} of {found.task_id}" for step in set(steps) if steps.count(step) > 1]


def _trace(task: AgentTask) -> list[tuple[Any, ...]]:
    return [(item.step, item.step_type, item.action, item.observation) for item in task.execution_trace]


def _counted(task: AgentTask) -> tuple[int, int, int]:
    return task.stats.total_steps, task.stats.tool_calls, task.stats.total_tokens
