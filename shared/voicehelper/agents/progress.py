"""What a task does next, from its plan, its trace and its bounds. ``next_move`` is the entry, the steps call it.

Nothing but the rows decides: a step that is repeated, or a new execution of a task, comes to the same move.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from voicehelper.agents.planning.plan import SYNTHESIS, PlannedStep
from voicehelper.agents.task import MAX_REVISIONS, Bound, Item, Task
from voicehelper.agents.tools.protocol import ToolFailure

_SYNTHESIS_ITEM: Final = 1  # every task ends with one
_REFLECTION_ITEM: Final = 1


@dataclass(frozen=True, slots=True)
class Call:
    """A tool is called, as item ``number`` of the trace. A planner fills the arguments, unless they were approved."""

    number: int
    planned: PlannedStep
    arguments: dict[str, JsonValue]
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A person is asked whether the tool may be called so."""

    number: int
    planned: PlannedStep
    arguments: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Skip:
    """A step that is not carried out."""

    number: int
    planned: PlannedStep
    failure: ToolFailure


@dataclass(frozen=True, slots=True)
class Reflect:
    steps_left: int


@dataclass(frozen=True, slots=True)
class Compose:
    """The report is written; of what there is, if a bound was reached."""

    stopped_by: Bound | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody else has ended the task, or goes on with it."""


Move = Call | Ask | Skip | Reflect | Compose | Stop


def next_move(
    task: Task, items: Sequence[Item], *, attempt: int, now: datetime, needs_approval: Collection[str] = ()
) -> Move:
    """``task`` is planned. ``needs_approval`` are the tools that a person decides on before each call."""
    if task.status != "running" or attempt != task.attempt:
        return Stop()
    if bound := _reached(task, items, now):
        return Compose(bound)
    pending = _pending(task, items)
    if not pending:
        return _after_the_plan(task, items)
    if _items_left(task, items) < 1:
        return Compose("max_steps")
    return _carry_out(pending[0], items, needs_approval)


def _reached(task: Task, items: Sequence[Item], now: datetime) -> Bound | None:
    if now >= task.ends_by:
        return "time"
    tokens = task.planning["tokens"] + sum(item.tokens for item in items)
    cost_usd = task.planning["cost_usd"] + sum(item.cost_usd for item in items)
    if task.max_tokens is not None and tokens >= task.max_tokens:
        return "max_tokens"
    if task.max_cost_usd is not None and cost_usd >= task.max_cost_usd:
        return "max_cost_usd"
    return None


def _pending(task: Task, items: Sequence[Item]) -> list[PlannedStep]:
    """In order; a decision of a person carries out nothing yet."""
    done = {item.planned for item in items if item.kind == "tool_call"}
    steps = task.planned.steps if task.planned else []
    return [step for step in steps if step.tool != SYNTHESIS and step.step not in done]


def _items_left(task: Task, items: Sequence[Item]) -> int:
    return task.max_steps - len(items) - _SYNTHESIS_ITEM


def _after_the_plan(task: Task, items: Sequence[Item]) -> Move:
    """A reflection is worth its item only if a step can follow it; in mode react it is the thought of that step."""
    thinks = task.mode == "react"
    left = _items_left(task, items) - (0 if thinks else _REFLECTION_ITEM)
    if (task.reflects or thinks) and task.revisions < MAX_REVISIONS and left >= 1:
        return Reflect(left)
    return Compose()


def _carry_out(step: PlannedStep, items: Sequence[Item], needs_approval: Collection[str]) -> Move:
    number = len(items) + 1
    decision = next((item.content for item in items if item.kind == "approval" and item.planned == step.step), None)
    if decision:
        return _as_decided(number, step, decision)
    if step.tool in needs_approval:
        return Ask(number, step, step.arguments)
    return Call(number, step, step.arguments)


def _as_decided(number: int, step: PlannedStep, decision: dict[str, JsonValue]) -> Move:
    """With the very arguments that were approved."""
    arguments = decision["arguments"]
    assert isinstance(arguments, dict)
    if decision["decision"] == "approved":
        return Call(number, step, arguments, is_approved=True)
    return Skip(number, step, ToolFailure(code="TOOL_DENIED", details={"comment": decision["comment"]}))
