"""``RulesPlanner``: plans and writes without a model, by the rules of this room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.agents.planning.drafts import CALCULATOR, TABLE_QUERY
from voicehelper.agents.planning.plan import Observed, PlannedStep
from voicehelper.agents.planning.protocol import CannotFillError, Filled, Planned, Revised, Written
from voicehelper.agents.planning.report import write_report
from voicehelper.agents.planning.revise import revise
from voicehelper.agents.planning.rules import plan_task
from voicehelper.agents.planning.table_queries.known import KnownTable
from voicehelper.agents.planning.values import UnresolvedError, resolve_arguments
from voicehelper.agents.task import Task
from voicehelper.messages.catalogue import message_for


def _no_tables(task: Task) -> Sequence[KnownTable]:  # noqa: ARG001
    return ()


WRITTEN_BY: Final = "offline-rules"


@dataclass(frozen=True, slots=True)
class RulesPlanner:
    """Implements ``Planner``; ``unusable`` are tools that nobody has configured, ``tables`` what a task may query."""

    unusable: Collection[str] = frozenset()
    tables: Callable[[Task], Sequence[KnownTable]] = _no_tables

    def plan(self, task: Task) -> Planned:
        """What cannot be used is not planned, and the thought says so."""
        usable = [tool for tool in task.tools if tool not in self.unusable]
        tables = self.tables(task) if TABLE_QUERY in usable else ()
        plan = plan_task(task.task, usable, task.language, max_steps=task.max_steps, tables=tables)
        missing = [tool for tool in task.tools if tool in self.unusable]
        if missing:
            said = message_for("AGENT_TOOL_UNCONFIGURED", task.language, {"tools": ", ".join(missing)})
            plan = plan.model_copy(update={"thought": f"{plan.thought} {said}".strip()})
        return Planned(plan)

    def fill(self, task: Task, step: PlannedStep, observed: Sequence[Observed]) -> Filled:  # noqa: ARG002
        if step.tool == TABLE_QUERY:
            return Filled(step.arguments)  # braces in SQL are texts of the file
        try:
            return Filled(resolve_arguments(step, {one.planned.step: one for one in observed}))
        except UnresolvedError as error:
            code = "VALUE_TIERED" if error.tiered else "VALUE_NOT_FOUND"
            raise CannotFillError(error.steps, code) from error

    def revise(self, task: Task, observed: Sequence[Observed], *, steps_left: int) -> Revised:
        assert task.planned
        steps = revise(task.task, task.planned, observed, steps_left=steps_left, tools=task.tools)
        asks = any(step.tool != CALCULATOR for step in steps)
        return Revised(message_for("AGENT_ASKED_AGAIN" if asks else "AGENT_COMPUTES_MORE", task.language), steps)

    def write(self, task: Task, observed: Sequence[Observed], *, stopped_by: str) -> Written:  # noqa: ARG002
        assert task.planned
        report = write_report(task.task, task.planned, observed, task.language)
        return Written(report, WRITTEN_BY, message_for("AGENT_SYNTHESIS", task.language))
