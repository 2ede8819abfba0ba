"""`make bench`: what starting, storing, searching and asking cost, as ratios within one run. Fails outside a limit.

Parts can be named: ``python -m tests.benchmarks searching requests``. ``growth``, with 100,000 chunks,
``overload``, which takes minutes, and ``peer``, which needs the peer's packages, run only when they are named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from tests.benchmarks.costs import (
    cold_starts,
    first_answers,
    ingestion,
    model_calls,
    overload,
    peer,
    reading,
    records,
    requests,
    searching,
    tasks,
)
from tests.benchmarks.costs.figure import Figure

PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "cold_starts": cold_starts.figures,
    "first_answers": first_answers.figures,
    "searching": searching.figures,
    "ingestion": ingestion.figures,
    "records": records.figures,
    "requests": requests.figures,
    "model_calls": model_calls.figures,
    "reading": reading.figures,
    "tasks": tasks.figures,
}
OPTIONAL: dict[str, Callable[[], Iterator[Figure]]] = {
    "growth": searching.growth,
    "overload": overload.figures,
    "peer": peer.figures,
}


def main(chosen: list[str]) -> int:
    outside = 0
    for part in chosen or PARTS:
        for figure in (PARTS | OPTIONAL)[part]():
            outside += not figure.within
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
