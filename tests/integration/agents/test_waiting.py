"""Places for calls that wait, with real sessions of the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.agents.models import AgentTask, NewTask, TaskAccepted
from voicehelper.agents.service import execute_task
from voicehelper.agents.waiting import waiting_place
from voicehelper.shapes.ids import new_id

from tests.integration.agents.conftest import Desk

PATIENCE_S = 600.0


@pytest.fixture
def others(database_url: str) -> Iterator[list[TenantDatabase]]:
    """Of other tenants, each with a connection of its own, as other functions have."""
    databases = [Database(lambda: database_url) for _ in range(2)]
    yield [TenantDatabase(database, new_id()) for database in databases]
    for database in databases:
        database.close()


def execute(desk: Desk, *, waiting_calls: int) -> AgentTask | TaskAccepted:
    new = NewTask(task="x", tools=["calculator"])
    machine, waits = desk.machine, PATIENCE_S
    return execute_task(
        desk.owner, new, is_tool=lambda _: True, executions=machine, waiting_calls=waiting_calls, wait_s=waits
    )


def test_a_place_is_one_caller_s_until_it_goes(others: list[TenantDatabase]) -> None:
    first, second = others

    with waiting_place(first, 1) as has_first:
        with waiting_place(second, 1) as has_second:
            pass
        with waiting_place(second, 2) as has_another:
            pass
    with waiting_place(second, 1) as has_it_afterwards:
        pass

    assert (has_first, has_second, has_another, has_it_afterwards) == (True, False, True, True)


def test_a_place_is_given_back_by_a_call_that_fails(others: list[TenantDatabase]) -> None:
    first, second = others

    with pytest.raises(RuntimeError), waiting_place(first, 1):
        raise RuntimeError
    with waiting_place(second, 1) as is_free:
        pass

    assert is_free


def test_a_place_is_given_back_with_a_connection_that_ends(others: list[TenantDatabase], database_url: str) -> None:
    lost = Database(lambda: database_url)
    with waiting_place(TenantDatabase(lost, new_id()), 1) as had_it:
        lost.close()
        with waiting_place(others[0], 1) as is_free:
            pass
    lost.close()

    assert (had_it, is_free) == (True, True)


def test_who_finds_no_place_is_told_at_once_where_to_ask(desk: Desk, others: list[TenantDatabase]) -> None:
    with waiting_place(others[0], 1):
        accepted = execute(desk, waiting_calls=1)
    desk.machine.run_waiting()

    assert isinstance(accepted, TaskAccepted)
    assert accepted.status_url.endswith(str(accepted.model_dump(mode="json")["task_id"]))
    assert desk.show(accepted.task_id).status == "completed"
