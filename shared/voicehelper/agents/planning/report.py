"""The report of a run, written by rules: what was computed, what was found, what was not, and where it stands.

``write_report`` is the entry; the planner by rules calls it. No sentence is invented: results, quoted observations and
labels are all there is. What documents say is quoted, so that orders in them stay quotations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voicehelper.agents.planning.drafts import CALCULATOR
from voicehelper.agents.planning.plan import SYNTHESIS, Observed, Plan, Report
from voicehelper.agents.planning.results import computed_lines
from voicehelper.agents.planning.rules import language_of
from voicehelper.agents.planning.sourcing import Sources, quoted
from voicehelper.agents.planning.steps import EXPRESSION
from voicehelper.agents.planning.values import is_refused, question_of
from voicehelper.agents.planning.wording import reworded
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language


def write_report(task: str, plan: Plan, observed: Sequence[Observed], language: Language) -> Report:
    """In the language of the task; ``language`` is for a task without words of its own."""
    spoken, sources = language_of(task, language), Sources()
    computed = list(computed_lines(task, observed, sources, spoken))
    findings = list(_findings(observed, sources, spoken))
    missing = list(_missing(plan, observed, spoken))
    parts = [*computed, *findings, *missing]
    if not computed and not findings:
        parts = [message_for("report_nothing", spoken), *missing]
    return Report("\n\n".join([*parts, *_listed(sources, spoken)]), sources.all)


def _findings(observed: Sequence[Observed], sources: Sources, language: Language) -> Iterator[str]:
    """What each step found, under its question; the same answer once."""
    found = [one for one in observed if one.planned.tool not in (CALCULATOR, SYNTHESIS) and not is_refused(one)]
    shown: set[str] = set()
    for one in found:
        text = one.result.observation if one.result else ""
        if not shown:
            yield message_for("report_findings", language)
        if text not in shown:
            shown.add(text)
            yield f"**{quoted(question_of(one) or one.planned.description)}**\n\n{sources.cited(one)}"


def _missing(plan: Plan, observed: Sequence[Observed], language: Language) -> Iterator[str]:
    """Questions without an answer, in other words too, and what could not be computed; each once."""
    lines = [*_unanswered(observed), *_not_computed(plan, observed, language)]
    if lines:
        yield message_for("report_not_found", language)
        yield "\n".join(dict.fromkeys(lines))


def _unanswered(observed: Sequence[Observed]) -> Iterator[str]:
    answered = {question_of(one) for one in observed if not is_refused(one)}
    asked = {question_of(one) for one in observed} - {""}
    for one in observed:
        question = question_of(one)
        is_reworded = any(reworded(before) == question for before in asked if before != question)
        if question and is_refused(one) and not is_reworded and reworded(question) not in answered:
            yield f"- {quoted(question)}"


def _not_computed(plan: Plan, observed: Sequence[Observed], language: Language) -> Iterator[str]:
    """Expressions without a result; what was computed from questions in other words has one."""
    tiered = {one.planned.step for one in observed if one.failure and one.failure.code == "VALUE_TIERED"}
    done = {_shape(str(one.planned.arguments.get(EXPRESSION, ""))) for one in observed if one.result is not None}
    for step in plan.steps:
        expression = str(step.arguments.get(EXPRESSION, ""))
        if step.tool == CALCULATOR and _shape(expression) not in done:
            code = "report_tiered" if step.step in tiered else "report_not_computed"
            yield message_for(code, language, {"expression": _named(expression, plan)})


def _shape(expression: str) -> str:
    """The expression whichever steps it refers to."""
    return "".join(character for character in expression if not character.isdecimal())


def _named(expression: str, plan: Plan) -> str:
    """With the questions in place of the numbers of their steps."""
    for step in plan.steps:
        asked = step.arguments.get("question", step.arguments.get("query", ""))
        expression = expression.replace(f"{{{step.step}}}", f"[{str(asked).rstrip('?？')}]")
    return quoted(expression)


def _listed(sources: Sources, language: Language) -> Iterator[str]:
    if not sources.all:
        return
    yield message_for("report_sources", language)
    lines = []
    for number, source in enumerate(sources.all, start=1):
        title = quoted(source.title or source.filename or source.url)
        named = message_for("report_page", language, {"title": title, "page": source.page}) if source.page else title
        lines.append(f"{number}. {named}{f' <{source.url}>' if source.url.startswith('https://') else ''}")
    yield "\n".join(lines)
