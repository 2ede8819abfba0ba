"""`make drill` in small: its parts run, count, and fail where something is lost."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from infra.local.paths import EMULATOR_PYTHON, ROOT
from tests.drill.machine import Execution, Json, StateError
from tests.drill.outcome import Outcome
from tests.drill.report import report
from tests.drill.suites import read_report

EVENT = {"resume_from": "ParseDocument"}


@pytest.mark.timeout(90)
def test_a_small_drill_ends_well_and_writes_its_report(tmp_path: Path) -> None:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    to = tmp_path / "RELIABILITY.md"
    command = [
        sys.executable,
        "-m",
        "tests.drill",
        "--small",
        "--seed",
        "7",
        "--report",
        str(to),
        "--logs",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    written = to.read_text("utf-8") if to.exists() else ""

    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert "SEED=7" in done.stdout
    assert "Nothing was lost" in written
    assert "2 of 2 parts" in written
    assert "What an emulator cannot prove" in written


def test_a_finding_is_told_and_an_untried_part_is_no_success() -> None:
    lost, untried = Outcome(Counter(kills=3), lost=["document 7"]), Outcome(untried="no emulator")
    text = report({"pipeline kills": lost, "outages": untried}, seed=1, commit="abc", seconds=60)

    assert "did not hold" in text
    assert "- document 7" in text
    assert "Not tried: no emulator" in text
    assert not lost.holds
    assert not untried.holds


def test_counts_and_failures_of_tests_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(
        "<testsuites><testsuite><testcase classname='a.b' name='one'><properties>"
        "<property name='kills' value='12'/></properties></testcase>"
        "<testcase classname='a.b' name='two'><failure message='lost'/></testcase></testsuite></testsuites>"
    )

    outcome = read_report(path)

    assert outcome.tried == Counter(tests=2, kills=12)
    assert outcome.wrong == ["b.two: lost"]


def deaths(name: str, number: int) -> tuple[list[str], bool]:
    """The states of an ingestion whose state ``name`` dies so often, and whether it succeeded."""
    left = [number]

    def carry_out(state: str, given: Json) -> Json:
        if state == name and left[0]:
            left[0] -= 1
            raise StateError("Runtime.ExitError")
        return given | {"pictures": [], "batches": []}

    execution = Execution.of("ingestion", carry_out)
    succeeded = execution.run(EVENT)
    return execution.visited, succeeded


@pytest.mark.parametrize(("number", "ends_in"), [(0, "FinishDocument"), (4, "FinishDocument"), (5, "MarkFailed")])
def test_a_state_is_tried_as_often_as_its_definition_says(number: int, ends_in: str) -> None:
    visited, succeeded = deaths("IndexText", number)

    assert visited[-1] == ends_in
    assert succeeded == (ends_in == "FinishDocument")
