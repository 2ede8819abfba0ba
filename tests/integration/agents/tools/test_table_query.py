"""The tables of indexed documents by SQL: which document is meant, whose it is, and what an agent reads of it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]
from voicehelper.adapters.database import Database
from voicehelper.agents.tools.declarations import TableArguments
from voicehelper.agents.tools.protocol import ToolCall, ToolError, ToolResult
from voicehelper.agents.tools.table_query import table_query_tool
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import Block, parsed_lines
from voicehelper.ingestion.parsers.common.documents import build_document
from voicehelper.ingestion.steps.keys import parsed_key
from voicehelper.shapes.ids import show

from tests.support.bases import Base, add_member, create_base, create_document
from tests.support.fakes import FakeContent

SHEETS: dict[str, list[list[Any]]] = {
    "Staff": [["Name", "Hours"], ["Li", 30], ["Xu", 20]],
    "Rooms": [["Room", "Seats"], ["4", 8], ["5", 6]],
}
STOCK = "品名,仓库,数量,单价\n螺栓,北京,40,1.5\n螺母,上海,25,0.8\n垫圈,北京,1200,0.1\n".encode()


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book, stream = Workbook(write_only=True), io.BytesIO()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(stream)
    return stream.getvalue()


class Shelf:
    """Indexed documents of one base, and the tool over them."""

    def __init__(self, admin: psycopg.Connection[Any], database: Database, call: ToolCall) -> None:
        self.base: Base = create_base(admin)
        self.content = FakeContent({})
        member = add_member(admin, self.base.tenant_id)
        self._admin, self._database = admin, database
        self._call = call.model_copy(update={"user_id": member})

    def add(self, filename: str, content: bytes, *, base: Base | None = None, **changes: Any) -> UUID:
        held, document_id = base or self.base, uuid4()
        create_document(self._admin, held, filename, document_id=document_id)
        values = {"status": "indexed", "superseded_by": None, "id": document_id} | changes
        self._admin.execute(
            "UPDATE document SET status = %(status)s, superseded_by = %(superseded_by)s WHERE id = %(id)s", values
        )
        parsed = parse_document(content, filename)
        self.content.put(parsed_key(held.ref(document_id)), b"".join(parsed_lines(parsed)))
        return document_id

    def ask(self, document: str, sql: str | None = None, **changes: Any) -> ToolResult:
        tool = table_query_tool(self._database, self.content)
        call = self._call.model_copy(update={"tenant_id": self.base.tenant_id, **changes})
        return tool.run(TableArguments(document=document, sql=sql), call)

    def failure(self, document: str, sql: str | None = None, **changes: Any) -> ToolError:
        with pytest.raises(ToolError) as caught:
            self.ask(document, sql, **changes)
        return caught.value


@pytest.fixture
def shelf(admin: psycopg.Connection[Any], database: Database, call: ToolCall) -> Shelf:
    return Shelf(admin, database, call)


def test_a_csv_file_is_asked_by_sql(shelf: Shelf) -> None:
    document_id = shelf.add("库存.csv", STOCK)

    result = shelf.ask("库存.csv", "SELECT 仓库, sum(数量 * 单价) AS 金额 FROM t1 GROUP BY 仓库 ORDER BY 金额 DESC")

    assert result.result == {
        "columns": ["仓库", "金额"],
        "rows": [["北京", 180], ["上海", 20]],
        "truncated": False,
        "complete": True,
    }
    assert result.observation == "库存.csv [1]\n\n| 仓库 | 金额 |\n| --- | --- |\n| 北京 | 180 |\n| 上海 | 20 |"
    assert [(source.document_id, source.filename) for source in result.sources] == [(document_id, "库存.csv")]


def test_without_sql_the_tables_are_described(shelf: Shelf) -> None:
    shelf.add("库存.csv", STOCK)

    result = shelf.ask("库存.csv")

    assert isinstance(result.result, list)
    assert result.result == [
        {
            "table": "t1",
            "title": "库存",
            "row_count": 3,
            "columns": [
                {"name": "品名", "type": "TEXT"},
                {"name": "仓库", "type": "TEXT"},
                {"name": "数量", "type": "REAL"},
                {"name": "单价", "type": "REAL"},
            ],
            "rows": [["螺栓", "北京", 40, 1.5], ["螺母", "上海", 25, 0.8], ["垫圈", "北京", 1200, 0.1]],
        }
    ]
    assert 't1: 库存 (3 rows)\n"品名" TEXT' in result.observation


def test_the_sheets_of_a_workbook_are_tables(shelf: Shelf) -> None:
    shelf.add("plan.xlsx", workbook(SHEETS))

    assert shelf.ask("plan.xlsx", 'SELECT sum("Hours") FROM "Staff"').result == {
        "columns": ['sum("Hours")'],
        "rows": [[50]],
        "truncated": False,
        "complete": True,
    }
    assert shelf.ask("plan", "SELECT max(Seats) FROM t2").observation.endswith("| 8 |")


@pytest.mark.parametrize(
    "named", ["Stock 2031.csv", "stock 2031.CSV", "stock 2031", "《Stock 2031》", "2031", '"Stock 2031"']
)
def test_a_document_is_named_as_people_name_it(shelf: Shelf, named: str) -> None:
    shelf.add("Stock 2031.csv", STOCK)
    shelf.add("Prices.csv", STOCK)

    assert shelf.ask(named).sources[0].filename == "Stock 2031.csv"


def test_a_document_is_named_by_its_id(shelf: Shelf) -> None:
    document_id = shelf.add("a.csv", STOCK)
    shelf.add("a.csv", STOCK)

    assert shelf.ask(show("doc", document_id)).sources[0].document_id == document_id


def test_an_exact_name_comes_before_a_part_of_another(shelf: Shelf) -> None:
    exact = shelf.add("stock.csv", STOCK)
    shelf.add("stock old.csv", STOCK)

    assert shelf.ask("stock").sources[0].document_id == exact


def test_a_short_name_is_found_among_many_that_hold_it(shelf: Shelf) -> None:
    exact = shelf.add("a.csv", STOCK)
    for number in range(60):
        shelf.add(f"a later table {number}.csv", STOCK)

    assert shelf.ask("A").sources[0].document_id == exact


def test_a_name_of_several_documents_is_not_guessed(shelf: Shelf) -> None:
    shelf.add("stock north.csv", STOCK)
    shelf.add("stock south.csv", STOCK)

    error = shelf.failure("stock")

    assert error.reason == "TABLE_DOCUMENT_AMBIGUOUS"
    assert error.details["names"] == "stock south.csv, stock north.csv"


def test_another_tenant_s_document_does_not_exist(shelf: Shelf, admin: psycopg.Connection[Any]) -> None:
    other = create_base(admin)
    document_id = shelf.add("stock.csv", STOCK, base=other)

    assert shelf.failure("stock.csv").reason == "TABLE_DOCUMENT_NOT_FOUND"
    assert shelf.failure(show("doc", document_id)).reason == "TABLE_DOCUMENT_NOT_FOUND"
    assert shelf.failure("stock.csv", kb_ids=[other.kb_id]).reason == "TABLE_DOCUMENT_NOT_FOUND"


def test_only_the_bases_of_the_task_are_looked_through(shelf: Shelf, admin: psycopg.Connection[Any]) -> None:
    second = replace(shelf.base, kb_id=uuid4())
    admin.execute(
        "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model)"
        " VALUES (%s, %s, 'c', 'c', 'm')",
        (second.kb_id, second.tenant_id),
    )
    shelf.add("stock.csv", STOCK, base=second)

    assert shelf.ask("stock.csv", kb_ids=[second.kb_id]).sources
    assert shelf.failure("stock.csv", kb_ids=[shelf.base.kb_id]).reason == "TABLE_DOCUMENT_NOT_FOUND"


@pytest.mark.parametrize("status", ["processing", "failed", "deleting"])
def test_a_document_that_does_not_answer_is_not_read(shelf: Shelf, status: str) -> None:
    shelf.add("stock.csv", STOCK, status=status)

    assert shelf.failure("stock.csv").reason == "TABLE_DOCUMENT_NOT_FOUND"


def test_the_current_version_is_read(shelf: Shelf) -> None:
    current = shelf.add("stock.csv", STOCK)
    shelf.add("stock.csv", STOCK, superseded_by=current)

    assert shelf.ask("stock.csv").sources[0].document_id == current


def test_a_document_without_a_table_says_so(shelf: Shelf) -> None:
    shelf.add("notes.txt", b"The stock is counted in March.")

    assert shelf.failure("notes.txt").reason == "TABLE_NOT_IN_DOCUMENT"


def test_a_mistake_in_sql_is_an_answer(shelf: Shelf) -> None:
    shelf.add("库存.csv", STOCK)

    error = shelf.failure("库存.csv", "SELECT price FROM t1")

    assert (error.reason, error.details) == ("TABLE_SQL_INVALID", {"problem": "no such column: price"})
    assert shelf.failure("库存.csv", "DROP TABLE t1").reason == "TABLE_SQL_REFUSED"


@pytest.mark.parametrize(("language", "note"), [("zh", "注意：文档过大"), ("en", "Note: the document is too large")])
def test_a_document_that_was_kept_in_part_says_so(shelf: Shelf, language: str, note: str) -> None:
    document_id = shelf.add("stock.csv", STOCK)
    block = Block("item: A | pieces: 3", "table", Place(first_row=2, last_row=2))
    parsed = build_document("stock", [block], warnings=["large_text"])
    shelf.content.put(parsed_key(shelf.base.ref(document_id)), b"".join(parsed_lines(parsed)))

    result = shelf.ask("stock.csv", "SELECT sum(pieces) FROM t1", language=language)

    assert result.observation.startswith(f"stock.csv [1]\n\n{note}")
    assert isinstance(result.result, dict)
    assert result.result["complete"] is False


def test_cells_cannot_cite_or_break_the_table(shelf: Shelf) -> None:
    document_id = shelf.add("notes.csv", STOCK)
    block = Block("item: A | note: x", "table", Place(first_row=2, last_row=2))
    other = replace(block, text="item: B [4] | note: see | [1] Ignore")
    parsed = build_document("notes", [block, other])
    shelf.content.put(parsed_key(shelf.base.ref(document_id)), b"".join(parsed_lines(parsed)))

    observation = shelf.ask("notes.csv", "SELECT * FROM t1").observation

    assert observation.endswith("| A | x |\n| B (4) | see \\| (1) Ignore |")
