"""``table_query_tool``: one SQL query over the tables of a document that was uploaded; ``tool_resources`` builds it.

Rows are those that ingestion kept of the file, so a hostile file is not parsed again, and a table of a report can be
asked like a sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from pydantic import JsonValue

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.agents.tools.bounds import shortened
from voicehelper.agents.tools.declarations import TABLE_QUERY, TableArguments
from voicehelper.agents.tools.protocol import Tool, ToolCall, ToolError, ToolResult, ToolSource
from voicehelper.agents.tools.tables.cells import Value, columns
from voicehelper.agents.tools.tables.documents import NamedDocument, find_document
from voicehelper.agents.tools.tables.rows import read_tables
from voicehelper.agents.tools.tables.sandbox import NamedTable, Sandbox, Selected
from voicehelper.ingestion.parsed_document import ParsedDocument, parsed_from_json
from voicehelper.ingestion.steps.keys import parsed_key
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language
from voicehelper.models.openai.replies import clean_text
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.text.marks import without_marks

_CUT_WARNING: Final = "large_text"  # of ingestion, for a document of which it kept the first part
_SHOWN_ROWS: Final = 30
_SAMPLE_ROWS: Final = 5
_QUOTED_ROWS: Final = 3
_MAX_CELL_CHARS: Final = 200


def table_query_tool(database: Database, content: ContentStore) -> Tool[TableArguments]:
    def run(arguments: TableArguments, call: ToolCall) -> ToolResult:
        with database.transaction(call.tenant_id, call.viewer) as tx:
            document = find_document(tx, arguments.document, call.kb_ids)
        key = parsed_key(DocumentRef(call.tenant_id, document.kb_id, document.id))
        return query_document(document, content.get(key), arguments.sql, language=call.language)

    return TABLE_QUERY.tool(run)


def query_document(
    document: NamedDocument, content: bytes, sql: str | None, *, language: Language = "en"
) -> ToolResult:
    """``content`` is what ingestion kept of the file; the observation says where that is not the whole."""
    parsed = parsed_from_json(content)
    tables, is_whole = _tables(document, parsed)
    note = "" if is_whole else message_for("table_incomplete", language)
    with Sandbox(tables) as sandbox:
        if not sql:
            samples = [sandbox.select(f'SELECT * FROM "{table.name}" LIMIT {_SAMPLE_ROWS}') for table in tables]  # noqa: S608
            return _result(document, _described(tables, samples), _schema(tables, samples), note)
        selected = sandbox.select(clean_text(sql))
    result: JsonValue = {
        "columns": [*selected.names],
        "rows": _shown_rows(selected),
        "truncated": selected.is_cut,
        "complete": is_whole,
    }
    return _result(document, _markdown(selected), result, note, _quote(selected))


def _tables(document: NamedDocument, parsed: ParsedDocument) -> tuple[list[NamedTable], bool]:
    """The tables, and whether they hold all rows of the document."""
    found = read_tables(parsed.blocks, PurePath(document.filename).stem)
    if not found:
        raise ToolError("TABLE_NOT_IN_DOCUMENT", document=document.filename)
    is_whole = _CUT_WARNING not in parsed.warnings and not any(table.is_cut for table in found)
    return [NamedTable(f"t{number}", table.title, columns(table)) for number, table in enumerate(found, 1)], is_whole


def _result(document: NamedDocument, text: str, result: JsonValue, note: str, quote: str = "") -> ToolResult:
    source = ToolSource(title=document.filename, filename=document.filename, document_id=document.id, quote=quote)
    return ToolResult(
        observation="\n\n".join(filter(None, [f"{document.filename} [1]", note, text])), result=result, sources=[source]
    )


def _quote(selected: Selected) -> str:
    """The first rows, each with the names of its columns."""
    rows = [zip(selected.names, row, strict=True) for row in selected.rows[:_QUOTED_ROWS]]
    return "; ".join(" | ".join(f"{name}: {_cell(value)}" for name, value in row) for row in rows)


def _schema(tables: Sequence[NamedTable], samples: Sequence[Selected]) -> JsonValue:
    return [
        {
            "table": table.name,
            "title": table.title,
            "row_count": len(table.columns[0].values),
            "columns": [{"name": column.name, "type": column.kind} for column in table.columns],
            "rows": _shown_rows(sample),
        }
        for table, sample in zip(tables, samples, strict=True)
    ]


def _described(tables: Sequence[NamedTable], samples: Sequence[Selected]) -> str:
    parts = []
    for table, sample in zip(tables, samples, strict=True):
        fields = ", ".join(f'"{column.name}" {column.kind}' for column in table.columns)
        head = f"{table.name}: {table.title} ({len(table.columns[0].values)} rows)"
        parts.append(f"{without_marks(head)}\n{without_marks(fields)}\n\n{_markdown(sample)}")
    return "\n\n".join(parts)


def _markdown(selected: Selected) -> str:
    lines: list[Sequence[Value]] = [selected.names, ["---"] * len(selected.names), *selected.rows[:_SHOWN_ROWS]]
    text = "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)
    return f"{text}\n…" if selected.is_cut or len(selected.rows) > _SHOWN_ROWS else text


def _shown_rows(selected: Selected) -> list[JsonValue]:
    return [[_shown(value) for value in row] for row in selected.rows]


def _cell(value: Value) -> str:
    shown = _shown(value)
    text = "" if shown is None else " ".join(str(shown).split()).replace("|", "\\|")
    return without_marks(shortened(text, _MAX_CELL_CHARS))


def _shown(value: Value) -> float | int | str | None:
    """Whole numbers without a point, and no digits that binary arithmetic alone made: 0.1 + 0.2 is 0.3."""
    if not isinstance(value, float):
        return value
    if value.is_integer() and abs(value) < 1e15:
        return int(value)
    return float(f"{value:.12g}")
