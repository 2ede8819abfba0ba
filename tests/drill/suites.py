"""Parts that are tests already: chosen files, run by pytest with the drill's seed; what they counted is read back."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from random import Random
from typing import Final

from infra.local.paths import ROOT
from tests.drill.outcome import Outcome

SUITES: Final[dict[str, tuple[str, ...]]] = {
    "kills of the whole stack": ("tests/e2e/ingestion/test_drill.py",),
    "ends of the stack": (
        "tests/integration/local/test_launcher.py",
        "-k", "kill_9 or under_way or dead_part or right_after",
    ),
    "hostile files": ("tests/attack/test_mutated_files.py", "--mutants", "24", "-n", "2"),
    "model faults": (
        "tests/integration/models/test_fault_injection.py",
        "tests/integration/models/test_misbehaving_models.py",
    ),
    "tokens": ("tests/attack/test_tokens.py", "tests/attack/test_front_door.py"),
    "rights": (
        "tests/integration/members/test_matrix.py",
        "tests/integration/members/test_lost_rights.py",
        "tests/integration/index/test_rights.py",
    ),
    "budgets": ("tests/integration/models/test_budget_store.py", "tests/integration/identity/test_budgets.py"),
}  # fmt: skip
LEAST: Final = {
    "kills of the whole stack": ("kills", 20),
    "hostile files": ("mutated files", 200),
    "tokens": ("forged tokens", 40),
    "model faults": ("calls that failed", 60),
    "rights": ("calls", 5_000),
}


def run_suite(name: str, random: Random) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "junit.xml")
        seed = str(random.randrange(1, 10**6))
        command = [sys.executable, "-m", "pytest", "-q", *SUITES[name], "--seed", seed, f"--junitxml={report}"]
        done = subprocess.run(command, cwd=ROOT, check=False)
        outcome = read_report(report) if report.exists() else Outcome(untried=f"pytest ended with {done.returncode}")
    if name in LEAST and not outcome.untried:
        outcome.require(*LEAST[name])
    return outcome


def read_report(path: Path) -> Outcome:
    """Each property that a test recorded is a kind of attempt and its number."""
    outcome = Outcome()
    for case in ET.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name')}"
        if (skipped := case.find("skipped")) is not None:
            outcome.untried = outcome.untried or f"{name}: {skipped.get('message')}"
            continue
        outcome.tried["tests"] += 1
        for one in case.iter("property"):
            outcome.tried[str(one.get("name"))] += int(one.get("value") or 0)
        outcome.wrong += [
            f"{name}: {str(problem.get('message'))[:400]}"
            for problem in [*case.findall("failure"), *case.findall("error")]
        ]
    return outcome
