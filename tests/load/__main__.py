"""`make load`: one stack on this machine, four loads, and the projection; fails outside a limit."""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from random import Random

from infra.local.stack import Stack
from tests.benchmarks.costs.figure import Figure
from tests.benchmarks.costs.real_text import base_with_answers, questions
from tests.load.projection import projection
from tests.load.stress import RATES, Target, memory, overloaded, until_it_bends, uploads
from tests.support.client import Client

CHUNKS, WARMING = 1_000, 4
OVERLOAD = 3  # times the rate before the bend


def figures(seed: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Stack(Path(folder)) as stack:
        client = Client(stack.base_url, language="en")
        target = Target(stack, client, base_with_answers(client, stack.dsn, CHUNKS), questions(), Random(seed))
        for text in questions()[:WARMING]:
            client.ask(target.kb_id, text)
        bend = yield from _last(until_it_bends(target))
        yield from overloaded(target, OVERLOAD * max(bend.value, RATES[0]))
        yield from uploads(target)
        yield from memory(target)
    yield from projection()


def _last(all_of: Iterator[Figure]) -> Generator[Figure, None, Figure]:
    """Passes all on, and returns the last one."""
    figure = None
    for figure in all_of:
        yield figure
    assert figure
    return figure


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    seed, outside = parser.parse_args().seed, 0
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load} at the start, SEED={seed}")
    for figure in figures(seed):
        outside += not figure.within
        print(figure, flush=True)
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
