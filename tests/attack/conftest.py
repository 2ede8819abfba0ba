"""Counts what was tried, and shows the counts at the end of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

Count: TypeAlias = Callable[[str, int], None]
_attempts: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutants", type=int, default=20, help="damaged files made from each sample")


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Adds attempts of a kind to the counts of the run, and of its report."""

    def add(kind: str, number: int) -> None:
        _attempts[kind] += number
        record_property(kind, number)

    return add


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    _attempts.update(getattr(node, "workeroutput", {}).get("attempts", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    worker_output = getattr(session.config, "workeroutput", None)
    if worker_output is not None:
        worker_output["attempts"] = dict(_attempts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("attempts")
    for kind, number in sorted(_attempts.items()):
        terminalreporter.write_line(f"{number:6,} {kind}")
