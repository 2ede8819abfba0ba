"""Plans by rules, for a product without a chat model: which questions to ask, and what to compute of their values.

``plan_task`` is the entry; ``steps`` is the caller. The first rule that reads a part of the task decides what becomes
of it: arithmetic that it writes out, a problem whose quantities all stand in it, values that are to be found and
computed, a report by its aspects, a comparison by its things, or else a question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from voicehelper.agents.planning.arithmetic import arithmetic
from voicehelper.agents.planning.aspects import comparison, report
from voicehelper.agents.planning.drafts import Draft
from voicehelper.agents.planning.found_rates import found_rate
from voicehelper.agents.planning.over_time import over_time
from voicehelper.agents.planning.parts import MAX_TASK, clauses_of, parts_of
from voicehelper.agents.planning.periods import plain
from voicehelper.agents.planning.plan import Plan
from voicehelper.agents.planning.several_things import several_things
from voicehelper.agents.planning.steps import plan_of
from voicehelper.agents.planning.table_queries.asking import table_queries
from voicehelper.agents.planning.table_queries.known import KnownTable
from voicehelper.agents.planning.word_problems import word_problem
from voicehelper.agents.planning.wording import as_question
from voicehelper.messages.language import Language
from voicehelper.text.language import text_language

MAX_STEPS: Final = 15
Rule = Callable[[str, Language], Draft | None]
_RULES: Final[Sequence[Rule]] = (
    lambda text, _: arithmetic(text),
    lambda text, _: word_problem(text),
    over_time,
    found_rate,
    several_things,
    comparison,
    report,
)


def plan_task(
    task: str,
    tools: Sequence[str],
    language: Language,
    *,
    max_steps: int = MAX_STEPS,
    tables: Sequence[KnownTable] = (),
) -> Plan:
    """At most ``max_steps`` steps, the synthesis among them. ``language`` is for a task without words of its own.

    ``tables`` may be queried; a question that none of them answers is planned as without them.
    """
    spoken = language_of(task, language)
    return plan_of(task, drafts_of(task, language, tables), tools, spoken, max_steps=max_steps)


def drafts_of(task: str, language: Language, tables: Sequence[KnownTable] = ()) -> list[Draft]:
    """What each part of the task becomes, in their order."""
    spoken = language_of(task, language)
    parts = parts_of(task, spoken)
    if len(parts) > 1 and not any(part.rstrip().endswith(("?", "？")) for part in parts):
        whole = report(plain(task[:MAX_TASK]), spoken)  # "Analyse X. Cover size and growth. Give advice."
        if whole and report(parts[0], spoken):
            return [whole]
    return [draft for part in parts for draft in _of_tables(part, spoken, tables) or _drafts(part, spoken)]


def language_of(task: str, language: Language) -> Language:
    """That of the task's words; ``language`` where it has none."""
    return text_language(task) if any(map(str.isalpha, task)) else language


def _of_tables(part: str, language: Language, tables: Sequence[KnownTable]) -> list[Draft]:
    queries = table_queries(part, tables, language) if tables else []
    return [Draft("table", subject=part, tables=queries)] if queries else []


def _drafts(part: str, language: Language) -> list[Draft]:
    read = next((draft for rule in _RULES if (draft := rule(part, language))), None)
    clauses = [] if read else clauses_of(part, language)
    if len(clauses) > 1:
        return [draft for clause in clauses for draft in _drafts(clause, language)]
    return [read or Draft("question", [as_question(part, language)])]
