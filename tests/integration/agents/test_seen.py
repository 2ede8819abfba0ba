"""A task shows what its asker may still see: sources are told apart by their documents, as steps store them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.agents.seen import as_seen
from voicehelper.agents.task import Item, Task
from voicehelper.agents.tools.protocol import ToolSource

from tests.support.bases import create_document
from tests.support.workspaces import Workspace

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def workspace(admin: psycopg.Connection[Any], database: Database) -> Workspace:
    return Workspace(admin, database)


def stored(document_id: UUID) -> dict[str, Any]:
    return {"sources": [ToolSource(title="t", document_id=document_id).model_dump(mode="json")]}


def found_in(document_id: UUID, number: int = 1) -> Item:
    content = {
        "arguments": {"query": "x"},
        "result": {"observation": "the key", **stored(document_id)},
        "failure": None,
    }
    return Item(number, "tool_call", number, content, 0, 0.0)


def task(workspace: Workspace, owner: UUID, document_id: UUID) -> Task:
    report = {"text": "the key", **stored(document_id)}
    return Task(
        id=uuid4(), tenant_id=workspace.tenant_id, owner_id=owner, api_key_id=None, session_id="", task="x",
        language="en", mode="plan_execute", tools=["knowledge_base"], kb_ids=None, max_steps=3, reflects=False,
        max_tokens=None, max_cost_usd=None, status="completed", attempt=1, plan=None, revisions=0, report=report,
        stopped_by="", failure="", planning={}, created_at=NOW, ends_by=NOW, ended_at=NOW, done=1,
    )  # fmt: skip


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_limited_member_sees_what_stands_on_open_bases_alone(workspace: Workspace, is_closed: bool) -> None:
    reader, closed = workspace.member(), workspace.other_base()
    document = create_document(workspace.admin, closed if is_closed else workspace.base)
    workspace.admin.execute("UPDATE knowledge_base SET visibility = 'restricted' WHERE id = %s", (closed.kb_id,))

    with workspace.as_(reader).transaction() as tx:
        shown, items = as_seen(tx, task(workspace, reader, document), [found_in(document)])

    assert shown.report is not None
    assert (shown.report["text"] == "the key") is not is_closed
    assert (items[0].content["result"] is None) is is_closed
