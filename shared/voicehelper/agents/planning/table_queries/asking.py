"""Which queries answer a question, of the tables that are known. Entry: ``table_queries``, called by ``rules``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from voicehelper.agents.planning.table_queries.asked import Asked
from voicehelper.agents.planning.table_queries.known import KnownTable, TableQuery
from voicehelper.agents.planning.table_queries.mentions import UnknownWordError, mentions_of
from voicehelper.agents.planning.table_queries.reading import read_question
from voicehelper.agents.planning.table_queries.remaining import UnreadableError
from voicehelper.agents.planning.table_queries.sql import select_of
from voicehelper.agents.planning.table_queries.tokens import MAX_CHARACTERS, tokens
from voicehelper.messages.language import Language

MAX_SQL: Final = 2_000  # characters, of the tool's argument
_MOST_TABLES: Final = 3


def table_queries(question: str, tables: Sequence[KnownTable], language: Language) -> list[TableQuery]:
    """One for each table that the question fits, those alone that it names if it names any; empty if it fits none.

    Several tables of one shape are all asked, each under its file's name: which one is meant is the reader's to say.
    """
    if len(question) > MAX_CHARACTERS:
        return []
    fitting = list(_fitting(question, tables, language))
    words = "".join(tokens(question))
    named = [query for query in fitting if "".join(tokens(query.filename.rpartition(".")[0])) in words]
    return (named or fitting)[:_MOST_TABLES] if len(named or fitting) <= _MOST_TABLES else []


def _fitting(question: str, tables: Sequence[KnownTable], language: Language) -> Iterator[TableQuery]:
    for table in tables:
        asked = _read(question, table)
        sql = select_of(asked, table, language) if asked else ""
        if 0 < len(sql) <= MAX_SQL:
            yield TableQuery(table.document, table.filename, sql, question)


def _read(question: str, table: KnownTable) -> Asked | None:
    try:
        return read_question(mentions_of(question, table), table)
    except (UnknownWordError, UnreadableError):
        return None
