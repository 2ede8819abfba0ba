"""`make drill`: all parts, two at a time, each in a process of its own; writes RELIABILITY.md and fails on a finding.

`python -m tests.drill --seed 7 --only deliveries rights` repeats some of a run, and writes no report.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
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
LIMIT_S: Final = 1_000.0  # of one part


def _own(module: str, name: str) -> Part:
    """Imported in the process that runs it."""

    def run(random: Random, **sizes: int) -> Outcome:
        part: Part = getattr(importlib.import_module(f"tests.drill.{module}"), name)
        return part(random, **sizes)

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
# Enough to see that a part works.
SMALL: Final[dict[str, dict[str, int]]] = {
    "agent kills": {"kills": 2, "least": 0},
    "deliveries": {"messages": 150},
}


def main() -> int:
    options = _options()
    if options.one:
        return _run_one(options)
    commit, load = _commit(), os.getloadavg()[0]  # of the files that are run, which may change meanwhile
    names, started = options.only or list(SMALL if options.small else PARTS), time.monotonic()
    print(f"SEED={options.seed}", flush=True)
    with ThreadPoolExecutor(LANES) as lanes:
        outcomes = dict(zip(names, lanes.map(lambda name: _in_process(name, options), names), strict=True))
    seconds = time.monotonic() - started
    if not options.only:
        text = report(outcomes, seed=options.seed, commit=commit, seconds=seconds, load=load)
        options.report.write_text(text, "utf-8")
    print(f"{seconds:.0f} s, SEED={options.seed}")
    return 0 if all(outcome.holds for outcome in outcomes.values()) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--report", type=Path, default=ROOT / "RELIABILITY.md")
    parser.add_argument("--logs", type=Path, default=LOGS)
    parser.add_argument("--small", action="store_true", help="a few seconds: whether the drill itself works")
    parser.add_argument("--one", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run_one(options: argparse.Namespace) -> int:
    set_variables()
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    sys.path[:0] = [str(ROOT / "functions"), str(ROOT / "infra")]
    sizes = SMALL[options.one] if options.small else {}
    outcome = PARTS[options.one](Random(f"{options.seed} {options.one}"), **sizes)
    options.to.write_text(json.dumps(vars(outcome)), "utf-8")
    return 0


def _in_process(name: str, options: argparse.Namespace) -> Outcome:
    """Its whole process group ends with it, whatever it leaves running."""
    logs, small = options.logs, ["--small"] * options.small
    logs.mkdir(parents=True, exist_ok=True)
    stem = name.replace(" ", "-")
    to, started = logs / f"{stem}.json", time.monotonic()
    to.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.drill", "--one", name, "--seed", str(options.seed), "--to", str(to)]
    with (logs / f"{stem}.log").open("wb") as log:
        process = subprocess.Popen([*command, *small], cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
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
