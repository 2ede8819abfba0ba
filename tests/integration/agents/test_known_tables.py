"""A question over an uploaded table, from the passages in a real database to the rows that answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.agents.known_tables import read_known_tables
from voicehelper.agents.planning.by_rules import RulesPlanner
from voicehelper.agents.planning.table_queries.known import KnownTable
from voicehelper.agents.steps.moves import Deployment
from voicehelper.agents.task import Task
from voicehelper.agents.tools.bounds import failure_of
from voicehelper.agents.tools.declarations import TableArguments
from voicehelper.agents.tools.protocol import ToolCall, ToolError, ToolOutcome
from voicehelper.agents.tools.table_query import table_query_tool
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import parsed_lines
from voicehelper.ingestion.steps.keys import parsed_key
from voicehelper.shapes.ids import show

from tests.integration.agents.conftest import Desk
from tests.integration.agents.tools.test_table_query import workbook
from tests.support.bases import Base, create_base, create_document
from tests.support.fakes import FakeContent

CARGO = "trip,port,tonnes\n" + "".join(f"{n},{('Riga', 'Cork')[n % 2]},{10 * n}\n" for n in range(1, 121))
TOOLS = ["table_query", "knowledge_base"]


class Archive:
    """A base of the desk's tenant, whose documents are indexed as ingestion does it."""

    def __init__(self, admin: psycopg.Connection[Any], desk: Desk) -> None:
        self._admin = admin
        self.base = Base(desk.owner.tenant.tenant_id, create_base(admin).kb_id)
        admin.execute("UPDATE knowledge_base SET tenant_id = %s WHERE id = %s", (self.base.tenant_id, self.base.kb_id))
        self.content = FakeContent({})

    def add(self, filename: str, content: bytes) -> str:
        document_id = create_document(self._admin, self.base, filename)
        parsed = parse_document(content, filename)
        chunks, backend = chunk_document(parsed, document_id), PgvectorBackend()
        with self._admin.transaction():
            self.base.index(self._admin).replace_text(self.base.ref(document_id), backend.prepare_text(chunks), {})
            self._admin.execute(
                "UPDATE document SET status = 'indexed', chunk_count = %s WHERE id = %s", (len(chunks), document_id)
            )
        self.content.put(parsed_key(self.base.ref(document_id)), b"".join(parsed_lines(parsed)))
        return show("doc", document_id)


@pytest.fixture
def archive(admin: psycopg.Connection[Any], desk: Desk, database: Database) -> Archive:
    """The desk plans by rules over this archive, and calls the real tool."""
    archive = Archive(admin, desk)
    tool = table_query_tool(database, archive.content)

    def run(call: ToolCall) -> ToolOutcome:
        desk.calls.append(call)
        if call.tool != tool.name:
            return ToolOutcome()
        try:
            return ToolOutcome(result=tool.run(TableArguments.model_validate(call.arguments), call))
        except ToolError as error:
            return ToolOutcome(failure=failure_of(error))

    def tables(task: Task) -> Sequence[KnownTable]:
        with database.transaction(task.tenant_id) as tx:
            return read_known_tables(tx, task.kb_ids or [])

    planner = RulesPlanner(tables=tables)
    desk.machine.deployment, desk.machine.run_tool = Deployment(database, lambda: planner), run
    return archive


def test_a_question_is_planned_queried_and_cited(desk: Desk, archive: Archive) -> None:
    document = archive.add("cargo.csv", CARGO.encode())

    task = desk.show(desk.ask("What are the total tonnes per port?", tools=TOOLS))

    assert [(step.tool) for step in task.plan] == ["table_query", "llm_synthesis"]
    assert desk.calls[0].arguments["document"] == document
    assert "| Riga | 36600 | 60 |" in task.final_result
    assert "| Cork | 36000 | 60 |" in task.final_result
    [source] = task.sources
    assert (source.filename, source.quote.split("; ")[0]) == (
        "cargo.csv", "port: Riga | total tonnes: 36600 | rows counted: 60",
    )  # fmt: skip


def test_each_sheet_of_a_workbook_is_known(desk: Desk, archive: Archive, database: Database) -> None:
    sheets: dict[str, list[list[Any]]] = {
        "Ships": [["Ship", "Crew"], ["Ada", 12], ["Bea", 20]],
        "Fuel": [["Grade", "Litres"], ["A", 5], ["B", 9]],
    }
    archive.add("fleet.xlsx", workbook(sheets))

    with database.transaction(desk.owner.tenant.tenant_id) as tx:
        known = read_known_tables(tx, [])
    task = desk.show(desk.ask("Which grade has the most litres?", tools=TOOLS))

    assert [(table.name, [column.name for column in table.columns]) for table in known] == [
        ("t1", ["Ship", "Crew"]), ("Fuel", ["Grade", "Litres"]),
    ]  # fmt: skip
    assert "| B | 9 |" in task.final_result


def test_without_the_tool_or_the_table_the_task_is_planned_as_before(desk: Desk, archive: Archive) -> None:
    question = "What are the total tonnes per port?"
    without_table = desk.show(desk.ask(question, tools=TOOLS))
    archive.add("cargo.csv", CARGO.encode())
    without_tool = desk.show(desk.ask(question, tools=["knowledge_base"]))
    elsewhere = desk.show(desk.ask("Who signs the contract?", tools=TOOLS))

    for task in (without_table, without_tool, elsewhere):
        assert task.plan[0].tool == "knowledge_base"


def test_a_table_that_cannot_be_asked_is_looked_up(desk: Desk, archive: Archive) -> None:
    archive.add("cargo.csv", CARGO.encode())
    for key in list(archive.content.objects):
        archive.content.put(key, b"".join(parsed_lines(parse_document(b"No rows any more.", "cargo.txt"))))

    desk.ask("What are the total tonnes per port?", tools=TOOLS)

    assert [call.tool for call in desk.calls][:2] == ["table_query", "knowledge_base"]


def test_another_tenant_s_tables_and_old_versions_are_not_known(
    desk: Desk, archive: Archive, database: Database, admin: psycopg.Connection[Any]
) -> None:
    archive.add("cargo.csv", CARGO.encode())
    other = TenantDatabase(database, create_base(admin).tenant_id)

    with other.transaction() as tx:
        foreign = read_known_tables(tx, [])
    admin.execute("UPDATE document SET status = 'failed' WHERE tenant_id = %s", (archive.base.tenant_id,))
    with desk.owner.tenant.transaction() as tx:
        failed = read_known_tables(tx, [])

    assert (foreign, failed) == ([], [])
