"""A draft of steps: questions, and an expression over their values, before the steps are numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from voicehelper.agents.planning.table_queries.known import TableQuery

Kind = Literal["arithmetic", "word_problem", "found_values", "report", "comparison", "question", "table"]
KNOWLEDGE_BASE: Final = "knowledge_base"
CALCULATOR: Final = "calculator"
WEB_SEARCH: Final = "web_search"
FETCH_URL: Final = "fetch_url"
TABLE_QUERY: Final = "table_query"


@dataclass(frozen=True, slots=True)
class Draft:
    """``{n}`` in ``expression`` is the value of the n-th of ``questions``, from 1; "" where nothing is computed.

    ``unit`` is that of the result, "" for that of the values or none; ``subject`` is what is computed or reported on.
    """

    kind: Kind
    questions: Sequence[str] = ()
    expression: str = ""
    unit: str = ""
    subject: str = ""
    tables: Sequence[TableQuery] = ()  # each answers the question by itself
