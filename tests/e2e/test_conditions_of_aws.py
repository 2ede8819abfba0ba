"""The main job under the conditions of AWS: its network, a database that sleeps, an account with ten executions.

The database takes 15 s to wake, as Aurora does, and the gateway waits 30 s for an answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest

from infra.local.conditions import Conditions
from infra.local.stack import Stack
from tests.support.application import ROOT
from tests.support.client import Client

pytestmark = pytest.mark.timeout(420)

WAKES_IN_S, FUNCTION_S = 15.0, 29.0
DOCUMENTS = 100


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("aws"), conditions=Conditions(wakes_in_s=WAKES_IN_S)) as running:
        yield running


def test_from_an_upload_to_an_answer_with_its_page_after_a_sleep(stack: Stack) -> None:
    assert stack.sleeping is not None
    client = Client(stack.base_url)  # the first call of the day
    assert stack.sleeping.wakings == 1
    kb_id = client.create_base("demo")
    demo = next((ROOT / "demo").glob("*.pdf"))
    document_id = client.upload(kb_id, demo.name, demo.read_bytes())

    assert client.wait([document_id])[document_id]["status"] == "indexed"

    stack.sleeping.fall_asleep()
    started = time.monotonic()
    answer = client.ask(kb_id, "云梯 T1 的滤芯多久更换一次？")

    assert WAKES_IN_S <= time.monotonic() - started < FUNCTION_S
    assert stack.sleeping.wakings == 2
    assert "6 个月" in answer["answer"]
    assert answer["sources"][0]["page"] == 3


def test_many_documents_all_end_and_questions_are_answered_meanwhile(stack: Stack) -> None:
    """In an account with ten executions, of which the pipeline takes four, counted in the database."""
    client = Client(stack.base_url)
    kb_id, asked_id = client.create_base("many"), client.create_base("asked")
    client.wait([client.upload(asked_id, "first.md", b"# Boiler\n\nThe boiler's fuse is rated at 16 amperes.")])

    documents, answers, running = [], [], []
    for number in range(1, DOCUMENTS):
        documents.append(client.upload(kb_id, f"{number}.md", _page(number)))
        if number % 10 == 0:
            answers.append(client.ask(asked_id, "How is the boiler's fuse rated?")["answer"])
            running.append(_running(stack))
    while _in_work(stack):
        running.append(_running(stack))
        time.sleep(0.5)

    ended = client.wait(documents)
    assert [status["status"] for status in ended.values()] == ["indexed"] * len(documents)
    assert [answer for answer in answers if "16 amperes" not in answer] == []
    assert 1 <= max(running) <= 2
    assert _running(stack) == 0


def _page(number: int) -> bytes:
    return f"# Valve {number}\n\nValve {number} closes at {number + 120} kPa, says team {number % 7}.".encode()


def _in_work(stack: Stack) -> int:
    return _count(stack, "SELECT count(*) FROM document WHERE status = 'processing'")


def _running(stack: Stack) -> int:
    return _count(stack, "SELECT count(*) FROM running_attempt")


def _count(stack: Stack, statement: LiteralString) -> int:
    with psycopg.connect(stack.dsn) as connection:
        row = connection.execute(statement).fetchone()
    assert row
    return int(row[0])
