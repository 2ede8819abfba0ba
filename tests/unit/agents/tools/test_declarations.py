"""What a planner and a model are told of the tools, and what it takes to tell it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from voicehelper.adapters.database import Database
from voicehelper.agents.tools.calculator import CALCULATOR_TOOL
from voicehelper.agents.tools.declarations import DECLARATIONS
from voicehelper.agents.tools.fetch_url import fetch_url_tool
from voicehelper.agents.tools.knowledge_base import knowledge_base
from voicehelper.agents.tools.protocol import Tool
from voicehelper.agents.tools.table_query import table_query_tool
from voicehelper.agents.tools.web_search import web_search_tool

from tests.support.fakes import FakeContent


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_tool_is_listed_with_the_schema_of_its_arguments(name: str) -> None:
    listed = DECLARATIONS[name].listed()

    assert listed.name == name
    assert listed.parameters["additionalProperties"] is False
    assert listed.parameters["required"]
    assert len(json.dumps(listed.parameters)) < 2_000


def test_every_tool_is_what_its_declaration_says() -> None:
    database = Database(lambda: "")
    tools: list[Tool[Any]] = [
        CALCULATOR_TOOL,
        fetch_url_tool(),
        web_search_tool(None),
        table_query_tool(database, FakeContent()),
        knowledge_base(lambda: database, lambda: pytest.fail("answers")),
    ]

    assert {tool.name: (tool.description, tool.arguments) for tool in tools} == {
        name: (declared.description, declared.arguments) for name, declared in DECLARATIONS.items()
    }


def test_telling_of_tools_loads_nothing_that_carries_them_out() -> None:
    program = "import sys, voicehelper.agents.tools.declarations; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert {"httpx2", "selectolax", "psycopg", "sqlite3", "openai"}.isdisjoint(done.stdout.split())
