"""A task after one of the bases that it found something in was closed to its owner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.agents.service import Owner, list_tasks, show_task
from voicehelper.agents.store import TaskNotFoundError
from voicehelper.agents.tools.protocol import ToolCall, ToolOutcome, ToolResult, ToolSource
from voicehelper.shapes.pages import PageRequest
from voicehelper.shapes.viewer import Viewer

from tests.integration.agents.conftest import Desk, make_desk
from tests.support.bases import Base, add_member, create_base, create_document

SECRET = "91,000 yuan"


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return create_base(admin)


@pytest.fixture
def desk(admin: psycopg.Connection[Any], database: Database, base: Base) -> Desk:
    """Its tool finds the secret in a document of the base."""
    made = make_desk(database, base.tenant_id, add_member(admin, base.tenant_id, "reader"))
    document_id = create_document(admin, base, "salaries.pdf")

    def run_tool(call: ToolCall) -> ToolOutcome:
        made.calls.append(call)
        source = ToolSource(title="Salaries", document_id=document_id, filename="salaries.pdf", page=3, quote=SECRET)
        return ToolOutcome(
            result=ToolResult(observation=f"It is {SECRET}", result={"answer": SECRET}, sources=[source])
        )

    made.machine.run_tool = run_tool
    return made


def owner(desk: Desk, database: Database, base: Base) -> Owner:
    """With the rights that a request has."""
    return replace(desk.owner, tenant=TenantDatabase(database, base.tenant_id, Viewer(desk.owner.user_id)))


def close(admin: psycopg.Connection[Any], base: Base) -> None:
    admin.execute("UPDATE knowledge_base SET visibility = 'restricted' WHERE id = %s", (base.kb_id,))


def ids(tasks: Any) -> list[UUID]:
    return [task.task_id for task in tasks.items]


def test_what_was_found_in_a_closed_base_is_no_longer_shown(
    desk: Desk, database: Database, base: Base, admin: psycopg.Connection[Any]
) -> None:
    task_id, caller = desk.ask(), owner(desk, database, base)
    before = show_task(caller, task_id)

    close(admin, base)
    after = show_task(caller, task_id)

    assert SECRET in before.model_dump_json()
    assert SECRET not in after.model_dump_json()
    assert after.execution_trace[0].error
    assert after.execution_trace[0].error.code == "SOURCE_CLOSED"
    assert "no longer open to you" in after.final_result
    assert len(after.execution_trace) == len(before.execution_trace)


def test_a_task_over_a_closed_base_is_gone(
    desk: Desk, database: Database, base: Base, admin: psycopg.Connection[Any]
) -> None:
    task_id, caller = desk.ask(kb_ids=[f"kb-{base.kb_id}"]), owner(desk, database, base)
    first = PageRequest(page=1, page_size=9)
    before = ids(list_tasks(caller, None, first))

    close(admin, base)

    assert (before, ids(list_tasks(caller, None, first))) == ([task_id], [])
    with pytest.raises(TaskNotFoundError):
        show_task(caller, task_id)


def test_a_tool_sees_what_the_key_sees_that_asked(desk: Desk, database: Database, base: Base) -> None:
    viewer = Viewer(desk.owner.user_id, UUID(int=7))
    desk.owner = replace(desk.owner, tenant=TenantDatabase(database, base.tenant_id, viewer))

    desk.ask()

    assert desk.calls
    assert {call.viewer for call in desk.calls} == {viewer}
