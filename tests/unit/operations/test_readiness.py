from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from voicehelper.operations.readiness import check_all


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """An event that is set only when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_readiness_reports_each_dependency_and_waits_for_none_beyond_its_limit(never: threading.Event) -> None:
    readiness = check_all({"good": lambda: None, "bad": lambda: 1 / 0, "slow": lambda: never.wait(5)}, limit_s=0.2)

    assert readiness.status == "not_ready"
    assert {name: result.status for name, result in readiness.dependencies.items()} == {
        "good": "ok",
        "bad": "failed",
        "slow": "timed_out",
    }
