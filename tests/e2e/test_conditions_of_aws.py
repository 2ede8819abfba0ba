"""The main job under the conditions of AWS: its network, a database that sleeps, an account with ten executions.

The database takes 15 s to wake, as Aurora does, and the gateway waits 30 s for an answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from infra.local.conditions import Conditions
from infra.local.stack import Stack
from tests.support.application import ROOT
from tests.support.client import Client

pytestmark = pytest.mark.timeout(300)

WAKES_IN_S, FUNCTION_S = 15.0, 29.0


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
