"""Steps that follow the last one of a plan: questions in other words, and growth between values that were found.

``revise`` is the entry; the planner by rules calls it when all steps are carried out. A question is put in other words
once, so that a run ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from voicehelper.agents.planning.drafts import CALCULATOR, KNOWLEDGE_BASE, TABLE_QUERY, WEB_SEARCH
from voicehelper.agents.planning.growths import growth_in
from voicehelper.agents.planning.plan import SYNTHESIS, Observed, Plan, PlannedStep
from voicehelper.agents.planning.rules import drafts_of, language_of
from voicehelper.agents.planning.steps import EXPRESSION, QUESTION_ARGUMENTS, planned
from voicehelper.agents.planning.values import REFERENCE, is_refused, question_of, value_of
from voicehelper.agents.planning.wording import reworded
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language

_MOST_GROWTHS: Final = 3


@dataclass(slots=True)
class _Revision:
    """``first`` is the number of the first new step, ``most`` how many there may be."""

    first: int
    most: int
    language: Language
    asked: frozenset[str]
    steps: list[PlannedStep] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # of questions in other words

    def may_ask(self, question: str) -> bool:
        """Not what is in other words itself, and not what was asked so before."""
        other = reworded(question)
        is_reworded = any(reworded(before) == question for before in self.asked if before != question)
        return bool(question) and other != question and other not in self.asked and not is_reworded

    def room_for(self, count: int) -> bool:
        return len(self.steps) + count <= self.most

    def ask(self, observed: Observed) -> int:
        """The number of the step that asks in other words."""
        other, tool = reworded(question_of(observed)), observed.planned.tool
        if other not in self.places:
            self.places[other] = self.add(tool, QUESTION_ARGUMENTS[tool], other)
        return self.places[other]

    def add(self, tool: str, argument: str, text: str) -> int:
        number = self.first + len(self.steps)
        self.steps.append(planned(number, tool, {argument: text}, text, self.language))
        return number


def revise(
    task: str, plan: Plan, observed: Sequence[Observed], *, steps_left: int, tools: Sequence[str] = ()
) -> list[PlannedStep]:
    """At most ``steps_left`` steps, numbered after those of the plan; none where nothing more can be found."""
    language = language_of(task, "zh")
    by_step = {one.planned.step: one for one in observed}
    taken = sum(step.tool != SYNTHESIS for step in plan.steps)
    asked = frozenset(question_of(one) for one in observed) - {""}
    revision = _Revision(taken + 1, max(0, steps_left), language, asked)
    for step in plan.steps:
        if step.tool == CALCULATOR and not _is_done(by_step.get(step.step)):
            _compute_again(step, by_step, revision)
    for one in observed:
        _ask_again(one, revision)
    if KNOWLEDGE_BASE in tools and any(one.planned.tool == TABLE_QUERY and is_refused(one) for one in observed):
        _ask_of_passages(task, revision)
    if any(draft.kind == "report" for draft in drafts_of(task, language)):
        _add_growth(plan, observed, revision)
    return revision.steps


def _is_done(observed: Observed | None) -> bool:
    return observed is not None and observed.result is not None


def _compute_again(step: PlannedStep, by_step: Mapping[int, Observed], revision: _Revision) -> None:
    """Its missing values in other words, and the expression over them; nothing if one of them cannot be asked again."""
    expression = str(step.arguments.get(EXPRESSION, ""))
    missing = [n for n in _references(expression) if not _has_value(by_step.get(n))]
    again = [by_step[n] for n in missing if n in by_step and by_step[n].planned.tool in QUESTION_ARGUMENTS]
    if not missing or len(again) < len(missing) or not all(revision.may_ask(question_of(one)) for one in again):
        return
    if not revision.room_for(len(again) + 1):
        return
    numbers = {one.planned.step: revision.ask(one) for one in again}
    changed = REFERENCE.sub(lambda match: f"{{{numbers.get(int(match[1]), int(match[1]))}}}", expression)
    revision.add(CALCULATOR, EXPRESSION, changed)


def _references(expression: str) -> Iterator[int]:
    yield from sorted({int(number) for number in REFERENCE.findall(expression)})


def _has_value(observed: Observed | None) -> bool:
    return observed is not None and value_of(question_of(observed), observed) is not None


def _ask_again(observed: Observed, revision: _Revision) -> None:
    question = question_of(observed)
    is_asked = observed.planned.tool in (KNOWLEDGE_BASE, WEB_SEARCH) and observed.failure is None
    if is_asked and is_refused(observed) and revision.may_ask(question) and revision.room_for(1):
        revision.ask(observed)


def _ask_of_passages(task: str, revision: _Revision) -> None:
    """What a table could not be asked, as it is asked where there are no tables."""
    for draft in drafts_of(task, revision.language):
        for question in draft.questions:
            if question not in revision.asked and revision.room_for(1):
                revision.add(KNOWLEDGE_BASE, QUESTION_ARGUMENTS[KNOWLEDGE_BASE], question)


def _add_growth(plan: Plan, observed: Sequence[Observed], revision: _Revision) -> None:
    known = {str(step.arguments.get(EXPRESSION, "")) for step in plan.steps}
    found = [growth for one in observed if (growth := growth_in(one)) and growth.expression not in known]
    for growth in list({growth.expression: growth for growth in found}.values())[:_MOST_GROWTHS]:
        if revision.room_for(1):
            first, last = growth.years
            number = revision.add(CALCULATOR, EXPRESSION, growth.expression)
            words = {"first": first, "last": last, "what": growth.expression}
            said = message_for("plan_growth", revision.language, words)
            revision.steps[number - revision.first] = revision.steps[-1].model_copy(update={"description": said})
