"""What the product's tools are called, what they do and what they take, without what carries them out.

A planner tells a model of them without loading HTTP clients, parsers or a database driver. Each tool's module makes its
``Tool`` of its declaration. Tools of MCP servers are not among them: ``agents.tools.mcp.tool.list_tools`` asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic

from pydantic import Field, StringConstraints

from voicehelper.agents.tools.listing import ListedTool
from voicehelper.agents.tools.protocol import Arguments, ArgumentsT, Tool, ToolCall, ToolResult


@dataclass(frozen=True, slots=True)
class Declaration(Generic[ArgumentsT]):
    name: str
    description: str
    arguments: type[ArgumentsT]

    def tool(self, run: Callable[[ArgumentsT, ToolCall], ToolResult]) -> Tool[ArgumentsT]:
        return Tool(self.name, self.description, self.arguments, run)

    def listed(self) -> ListedTool:
        """As a model is told of it, in the shape of other servers' tools."""
        schema = self.arguments.model_json_schema()
        return ListedTool(name=self.name, description=self.description, parameters=schema)


class KnowledgeArguments(Arguments):
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class CalculatorArguments(Arguments):
    expression: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class FetchArguments(Arguments):
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class SearchArguments(Arguments):
    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
    count: int = Field(default=5, ge=1, le=10)


class TableArguments(Arguments):
    """Without ``sql``, what the tables are: names, columns, numbers of rows, first rows."""

    document: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    sql: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] | None = None


KNOWLEDGE_BASE: Final = Declaration(
    "knowledge_base",
    "Asks the company's own documents one question, in a whole sentence; the answer quotes them, or says that they do "
    "not hold it.",
    KnowledgeArguments,
)
CALCULATOR: Final = Declaration(
    "calculator",
    "Computes one arithmetic expression exactly: + - * / // % **, parentheses, percentages, round, abs, min, max, sum, "
    "mean, median, sqrt, ln, log10, exp, floor, ceil. Numbers may have thousand separators, units and scales.",
    CalculatorArguments,
)
FETCH_URL: Final = Declaration(
    "fetch_url", "Reads one public web page (HTML, text, JSON or XML) by its http or https address.", FetchArguments
)
WEB_SEARCH: Final = Declaration(
    "web_search",
    "Searches the web; returns the titles, addresses and snippets of the first results.",
    SearchArguments,
)
TABLE_QUERY: Final = Declaration(
    "table_query",
    "Queries the tables of an uploaded spreadsheet or document with one SQL SELECT (SQLite); without sql it returns "
    "their names and columns. Numbers are REAL, dates ISO text; median(x), percentile(x, 90) and stddev(x) exist.",
    TableArguments,
)
DECLARATIONS: Final[dict[str, Declaration[Any]]] = {
    declared.name: declared for declared in (KNOWLEDGE_BASE, CALCULATOR, FETCH_URL, WEB_SEARCH, TABLE_QUERY)
}
# What a task may name; tools of configured MCP servers come on top, as "<server>.<tool>".
TOOL_NAMES: Final = tuple(DECLARATIONS)
