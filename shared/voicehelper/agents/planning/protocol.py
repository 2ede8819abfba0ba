"""``Planner``: what plans a task, fills a call, looks back and writes the report; by rules, or by a chat model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

from voicehelper.agents.planning.plan import Observed, Plan, PlannedStep, Report
from voicehelper.agents.task import Task


class CannotFillError(Exception):
    """The steps before it did not find what a call needs; ``steps`` are their numbers, ``code`` says why."""

    def __init__(self, steps: Sequence[int], code: str = "VALUE_NOT_FOUND") -> None:
        super().__init__(", ".join(map(str, steps)))
        self.steps, self.code = steps, code


@dataclass(frozen=True, slots=True)
class Spent:
    """What a chat model took for it."""

    tokens: int = 0
    cost_usd: float = 0.0
    prompt_tokens: int = 0  # among the tokens
    model: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    plan: Plan
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, slots=True)
class Filled:
    """The arguments of one call."""

    arguments: dict[str, JsonValue]
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, slots=True)
class Revised:
    """Steps that follow the last one; none where nothing is missing. ``thought`` says why."""

    thought: str
    steps: Sequence[PlannedStep]
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, slots=True)
class Written:
    """``written_by`` is the model's name, or that of the built-in rules."""

    report: Report
    written_by: str
    thought: str
    spent: Spent = field(default_factory=Spent)


class Planner(Protocol):
    """Whatever it is given to read, documents and tools' results included, is data and no order."""

    def plan(self, task: Task) -> Planned: ...

    def fill(self, task: Task, step: PlannedStep, observed: Sequence[Observed]) -> Filled:
        """Raises CannotFillError."""

    def revise(self, task: Task, observed: Sequence[Observed], *, steps_left: int) -> Revised: ...

    def write(self, task: Task, observed: Sequence[Observed], *, stopped_by: str) -> Written: ...
