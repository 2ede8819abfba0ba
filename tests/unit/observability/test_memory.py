"""Where memory grows is logged as often as it was asked for, and nothing is traced otherwise."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from voicehelper.observability import memory
from voicehelper.observability.memory import Growth


@pytest.fixture
def growth() -> Iterator[Growth]:
    yield Growth()
    tracemalloc.stop()


def test_nothing_is_traced_unless_somebody_asks(growth: Growth) -> None:
    growth.note(0)

    assert not tracemalloc.is_tracing()


def test_the_line_that_grows_is_named(growth: Growth, caplog: pytest.LogCaptureFixture) -> None:
    kept: list[bytes] = []
    for _ in range(5):
        growth.note(2)
        kept += [bytes(50_000)]

    [first, second] = [record for record in caplog.records if record.message == "memory"]
    assert (first.__dict__["invocations"], second.__dict__["invocations"]) == (2, 4)
    assert any("test_memory.py" in line for line in second.__dict__["most"])
    assert 50_000 <= second.__dict__["grown_bytes"] < 1_000_000


def test_a_process_has_one_account() -> None:
    assert isinstance(memory.growth, Growth)
