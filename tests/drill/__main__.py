"""`make drill`: all parts, two at a time, each in a process of its own; writes RELIABILITY.md and fails on a finding.

`python -m tests.drill --seed 7 --only deliveries rights` repeats some of a run, and writes no report.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Final

from infra.local.paths import LOCAL, ROOT
from tests.drill.outcome import Outcome, Part
from tests.drill.report import report
from tests.drill.suites import SUITES, run_suite
from tests.support.environment import set_variables

LOGS: Final = LOCAL / "drill"
LANES: Final = 2
LIMIT_S: Final = 900.0  # of one part


def _own(module: str, name: str) -> Part:
    def run(random: Random) -> Outcome:
        import importlib

        part: Part = getattr(importlib.import_module(f"tests.drill.{module}"), name)
        return part(random)

    return run


# The longest first, so that the others fill the second lane.
PARTS: Final[dict[str, Part]] = {
    "kills of the whole stack": functools.partial(run_suite, "kills of the whole stack"),
    "pipeline kills": _own("pipeline_kills", "kill_pipeline"),
    "outages": _own("outages", "interrupt_database"),
    "deletions": _own("delete_kills", "kill_deletions"),
    "agent kills": _own("agent_kills", "kill_agents"),
    "embedding change": _own("embedding_change", "change_embedding"),
    **{name: functools.partial(run_suite, name) for name in SUITES if name != "kills of the whole stack"},
    "deliveries": _own("deliveries", "deliver_in_disorder"),
    "full disk": _own("full_disk", "fill_disk"),
    "poison messages": _own("poison", "deliver_poison"),
}


def main() -> int:
    options = _options()
    if options.one:
        return _run_one(options.one, options.seed, options.to)
    names, started = options.only or list(PARTS), time.monotonic()
    print(f"SEED={options.seed}", flush=True)
    with ThreadPoolExecutor(LANES) as lanes:
        outcomes = dict(zip(names, lanes.map(lambda name: _in_process(name, options.seed), names), strict=True))
    seconds = time.monotonic() - started
    if not options.only:
        text = report(outcomes, seed=options.seed, commit=_commit(), seconds=seconds)
        (ROOT / "RELIABILITY.md").write_text(text, "utf-8")
    print(f"{seconds:.0f} s, SEED={options.seed}")
    return 0 if all(outcome.holds for outcome in outcomes.values()) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--one", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run_one(name: str, seed: int, to: Path) -> int:
    set_variables()
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    sys.path[:0] = [str(ROOT / "functions"), str(ROOT / "infra")]
    outcome = PARTS[name](Random(f"{seed} {name}"))
    to.write_text(json.dumps(asdict(outcome)), "utf-8")
    return 0


def _in_process(name: str, seed: int) -> Outcome:
    """Its whole process group ends with it, whatever it leaves running."""
    LOGS.mkdir(parents=True, exist_ok=True)
    stem = name.replace(" ", "-")
    to, started = LOGS / f"{stem}.json", time.monotonic()
    to.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.drill", "--one", name, "--seed", str(seed), "--to", str(to)]
    with (LOGS / f"{stem}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LIMIT_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    outcome = _read(to) if to.exists() else Outcome(untried=f"it ended without a result; see {log.name}")
    outcome.seconds = time.monotonic() - started
    _say(name, outcome)
    return outcome


def _read(path: Path) -> Outcome:
    values = json.loads(path.read_text("utf-8"))
    return Outcome(**values | {"tried": Counter(values["tried"])})


def _say(name: str, outcome: Outcome) -> None:
    counted = ", ".join(f"{number} {kind}" for kind, number in outcome.tried.items())
    print(f"{'ok  ' if outcome.holds else 'FAIL'} {name}: {counted} ({outcome.seconds:.0f} s)", flush=True)
    for finding in [outcome.untried, *outcome.findings[:10]]:
        if finding:
            print(f"     {finding}", flush=True)


def _commit() -> str:
    """With a word where the files are not those of the commit."""
    git = functools.partial(subprocess.run, cwd=ROOT, capture_output=True, text=True, check=False)
    head = git(["git", "rev-parse", "--short", "HEAD"]).stdout.strip()
    return f"{head} with changes" if git(["git", "status", "--porcelain", "-uno"]).stdout.strip() else head


if __name__ == "__main__":
    sys.exit(main())
