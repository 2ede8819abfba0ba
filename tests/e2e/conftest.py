"""What the whole folder is held to, and in which order it runs; the product itself is in tests/support/product.py.

`--every-operation`, which `make e2e` passes, fails the run unless every operation of the API description was called
with success and with a refusal. It makes sense for the whole folder only, so a single file runs without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.call_record import call_record

EVERY_OPERATION = "--every-operation"


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "fail unless every operation of the API description succeeded once and was refused once"
    parser.addoption(EVERY_OPERATION, action="store_true", help=help_text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with the longest tests first, so that the shorter ones fill the other worker meanwhile."""
    longest: dict[Path, float] = {}
    for item in items:
        longest[item.path] = max(longest.get(item.path, 0.0), _timeout_s(item))
    items.sort(key=lambda item: -longest[item.path])


def _timeout_s(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0.0


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """Take over the calls of a pytest-xdist worker. One that crashed leaves none, and fails the run anyway."""
    call_record().merge(getattr(node, "workeroutput", {}).get("calls", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its calls to the controller; the controller, or a run without workers, judges them."""
    worker_output = getattr(session.config, "workeroutput", None)
    if worker_output is not None:
        worker_output["calls"] = sorted(call_record().calls)
    elif _missing_calls(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if missing := _missing_calls(config):
        terminalreporter.section("operations that were not called", red=True)
        terminalreporter.write_line("\n".join(missing))


def _missing_calls(config: pytest.Config) -> list[str]:
    return list(call_record().missing()) if config.getoption(EVERY_OPERATION, default=False) else []
