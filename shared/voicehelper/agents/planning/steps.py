"""Drafts as the numbered steps of a plan: only by the tools that are allowed, at most so many, with the reasons.

``plan_of`` is the entry; ``rules`` is the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from voicehelper.agents.planning.drafts import CALCULATOR, FETCH_URL, KNOWLEDGE_BASE, TABLE_QUERY, WEB_SEARCH, Draft
from voicehelper.agents.planning.periods import plain
from voicehelper.agents.planning.plan import SYNTHESIS, Plan, PlannedStep
from voicehelper.agents.planning.table_queries.known import TableQuery
from voicehelper.agents.planning.wording import MAX_QUESTION, as_question
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language

_WEB: Final = re.compile(
    r"上网|联网|网上|互联网|网络搜索|网页|在线搜索|百度|谷歌|搜索引擎|\b(?:search (?:the )?(?:web|"
    r"internet|online)|(?:on|from) the (?:web|internet)|"
    r"online|web search|google|internet|websites?)\b",
    re.IGNORECASE,
)
_WEB_WORDS: Final = re.compile(
    r"^(?:请|帮我)?(?:(?:搜索|搜一下|搜|查找|查询|查一下|查)(?:一下)?)?(?:上网|联网|在?(?:网上|"
    r"互联网上?|网络上)|用?(?:百度|谷歌))(?:搜索|搜一下|搜|查找|查询|查一下|查)?(?:一下)?(?:关于|"
    r"有关)?"
    r"|\b(?:search|look) (?:the )?(?:web|internet|online) for (?:the )?|\b(?:google|search online "
    r"for)\b |,? ?\b(?:on|from) the (?:web|internet)\b"
    r"|^find (?=.{1,200}(?:online|on the web))| online(?=\W*$)",
    re.IGNORECASE,
)
_CURRENT: Final = re.compile(
    r"市场|行业|趋势|最新|新闻|\b(?:market|industry|trends?|latest|news|current|newest)\b", re.IGNORECASE
)
_URL: Final = re.compile(r"https?://[^\s\"'<>，。；（）()]{1,500}", re.IGNORECASE)
# The argument of each tool that finds something.
QUESTION_ARGUMENTS: Final = {KNOWLEDGE_BASE: "question", WEB_SEARCH: "query"}
EXPRESSION: Final = "expression"
_REFERENCE: Final = re.compile(r"\{(\d{1,3})\}")
_DESCRIPTIONS: Final = {
    KNOWLEDGE_BASE: "plan_search_knowledge",
    WEB_SEARCH: "plan_search_web",
    FETCH_URL: "plan_fetch",
    CALCULATOR: "plan_calculate",
    TABLE_QUERY: "plan_query_table",
}
_THOUGHTS: Final = {
    "arithmetic": "plan_for_arithmetic",
    "word_problem": "plan_for_word_problem",
    "found_values": "plan_for_found_values",
    "report": "plan_for_report",
    "comparison": "plan_for_comparison",
    "question": "plan_for_question",
    "table": "plan_for_table",
}


@dataclass(frozen=True, slots=True)
class _Group:
    """Steps that are of use only together: what finds values, and the expression over them, by their places from 1."""

    found: Sequence[tuple[str, str]] = ()  # (tool, question)
    expression: str = ""
    tables: Sequence[TableQuery] = ()


@dataclass(slots=True)
class _Steps:
    """Numbered steps; the same question is asked once."""

    language: Language
    steps: list[PlannedStep] = field(default_factory=list)
    places: dict[tuple[str, str], int] = field(default_factory=dict)

    def new(self, group: _Group) -> int:
        """How many steps the group would add."""
        found = {found for found in group.found if found not in self.places}
        return len(found) + bool(group.expression) + len(group.tables)

    def add(self, group: _Group) -> None:
        numbers = {place: self._find(*found) for place, found in enumerate(group.found, start=1)}
        if group.expression:
            expression = _REFERENCE.sub(lambda match: f"{{{numbers[int(match[1])]}}}", group.expression)
            self._append(CALCULATOR, {EXPRESSION: expression}, expression)
        for query in group.tables:
            arguments: dict[str, JsonValue] = {"document": query.document, "sql": query.sql}
            self._append(TABLE_QUERY, arguments, f"{query.filename}, {query.question}")

    def _find(self, tool: str, question: str) -> int:
        if (tool, question) not in self.places:
            self._append(tool, {QUESTION_ARGUMENTS.get(tool, "url"): question}, question)
            self.places[tool, question] = len(self.steps)
        return self.places[tool, question]

    def _append(self, tool: str, arguments: dict[str, JsonValue], what: str) -> None:
        self.steps.append(planned(len(self.steps) + 1, tool, arguments, what, self.language))


def planned(step: int, tool: str, arguments: dict[str, JsonValue], what: str, language: Language) -> PlannedStep:
    """``what`` is the question or expression, which completes the description."""
    description = message_for(_DESCRIPTIONS[tool], language, {"what": what})
    return PlannedStep(step=step, description=description, tool=tool, arguments=arguments)


def plan_of(task: str, drafts: Sequence[Draft], tools: Sequence[str], language: Language, *, max_steps: int) -> Plan:
    """The synthesis is always there; what does not fit before it is left out and named in the thought."""
    allowed = frozenset(tools)
    steps, left_out = _Steps(language), 0
    for group in _groups(task, drafts, allowed, language):
        if len(steps.steps) + steps.new(group) < max(1, max_steps):
            steps.add(group)
        else:
            left_out += 1
    last = PlannedStep(step=len(steps.steps) + 1, description=message_for("plan_synthesis", language), tool=SYNTHESIS)
    return Plan(thought=_thought(task, drafts, allowed, left_out, language), steps=[*steps.steps, last])


def _groups(task: str, drafts: Sequence[Draft], allowed: frozenset[str], language: Language) -> Iterator[_Group]:
    if FETCH_URL in allowed:
        yield from (_Group([(FETCH_URL, url)]) for url in dict.fromkeys(_urls(task)))
    if WEB_SEARCH in allowed and KNOWLEDGE_BASE in allowed and not _WEB.search(task):
        yield from (_Group([(WEB_SEARCH, draft.subject)]) for draft in drafts if _is_of_today(draft, task))
    for draft in drafts:
        if FETCH_URL in allowed and any(_URL.search(question) for question in draft.questions):
            continue  # the page itself is read
        yield from _of_draft(draft, _finder(task, draft, allowed), allowed, language)


def _of_draft(draft: Draft, finder: str, allowed: frozenset[str], language: Language) -> Iterator[_Group]:
    if draft.tables:
        yield _Group(tables=draft.tables)
    asked = [_for_tool(question, finder, language) for question in draft.questions] if finder else []
    is_computed = bool(draft.expression) and CALCULATOR in allowed and len(asked) == len(draft.questions)
    if is_computed:
        yield _Group([(finder, question) for question in asked], draft.expression)
    else:
        yield from (_Group([(finder, question)]) for question in asked)


def _finder(task: str, draft: Draft, allowed: frozenset[str]) -> str:
    """The tool that answers the draft's questions; "" where none is allowed."""
    is_web = _WEB.search(task) is not None and draft.kind in ("question", "report", "comparison")
    order = (WEB_SEARCH, KNOWLEDGE_BASE) if is_web else (KNOWLEDGE_BASE, WEB_SEARCH)
    return next((tool for tool in order if tool in allowed), "")


def _for_tool(question: str, tool: str, language: Language) -> str:
    """Without the words that only say where to search."""
    bare = _WEB_WORDS.sub(" ", question).strip(" ,，、：:")
    return as_question(bare, language)[:MAX_QUESTION] if any(map(str.isalnum, bare)) and tool else question


def _is_of_today(draft: Draft, task: str) -> bool:
    return draft.kind == "report" and bool(draft.subject) and _CURRENT.search(task) is not None


def _urls(task: str) -> list[str]:
    return [url.rstrip(".,;:!?)") for url in _URL.findall(task[:6000])][:5]


def _thought(task: str, drafts: Sequence[Draft], allowed: frozenset[str], left_out: int, language: Language) -> str:
    """Why these steps, then what could not be planned."""
    codes = list(dict.fromkeys(_THOUGHTS[draft.kind] for draft in drafts)) or ["plan_for_question"]
    codes += _missing(task, drafts, allowed)
    sentences = [message_for(code, language) for code in codes]
    if left_out:
        sentences.append(message_for("plan_steps_left_out", language, {"count": left_out}))
    return ("" if language == "zh" else " ").join(sentences)


def _missing(task: str, drafts: Sequence[Draft], allowed: frozenset[str]) -> Iterator[str]:
    if _WEB.search(plain(task)) and WEB_SEARCH not in allowed and not _urls(task):
        yield "plan_without_web"
    if _urls(task) and FETCH_URL not in allowed:
        yield "plan_without_fetch"
    if any(draft.questions for draft in drafts) and not allowed & {KNOWLEDGE_BASE, WEB_SEARCH}:
        yield "plan_without_knowledge"
    if any(draft.expression for draft in drafts) and CALCULATOR not in allowed:
        yield "plan_without_calculator"
