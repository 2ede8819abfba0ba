"""Open-model load: questions arrive at a rate, whether or not earlier ones have been answered.

A closed loop of callers would slow down with the product and hide where it bends (Schroeder, Wierman and
Harchol-Balter, "Open Versus Closed: A Cautionary Tale", NSDI 2006). ``bend`` is the entry.
"""

from __future__ import annotations

import concurrent.futures
import itertools
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from tests.benchmarks.costs.figure import Figure
from tests.support.client import Client

RATES = (4, 8, 12, 16, 24)  # questions per second
SECONDS = 6.0
SLOWEST_P95_S = 1.0
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Outcome:
    """``waited`` are the seconds of answered questions; all others were refused or never answered."""

    rate: float
    waited: list[float]
    unanswered: int

    @property
    def p50(self) -> float:
        return statistics.median(self.waited) if self.waited else PATIENCE_S

    @property
    def p95(self) -> float:
        return sorted(self.waited)[int(0.95 * len(self.waited))] if self.waited else PATIENCE_S

    @property
    def holds(self) -> bool:
        return not self.unanswered and self.p95 <= SLOWEST_P95_S


def bend(client: Client, kb_id: str, questions: list[str]) -> Iterator[Figure]:
    """The last rate at which all are answered in time, and how the next one goes; ends there."""
    asked, held = itertools.cycle(questions), 0.0
    for rate in RATES:
        outcome = _offer(client, kb_id, itertools.islice(asked, round(rate * SECONDS)), rate)
        yield Figure(f"{rate} questions/s: median wait", outcome.p50 * 1000, "ms")
        yield Figure("... 95th percentile", outcome.p95 * 1000, "ms")
        yield Figure("... unanswered", outcome.unanswered, "")
        if not outcome.holds:
            break
        held = rate
    yield Figure(f"questions/s before the bend (p95 {SLOWEST_P95_S:g} s)", held, "/s")


def _offer(client: Client, kb_id: str, questions: Iterator[str], rate: float) -> Outcome:
    started = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(round(rate * SECONDS)) as callers:
        calls = [
            callers.submit(_ask_at, client, kb_id, question, started + number / rate)
            for number, question in enumerate(questions)
        ]
        waits = [call.result() for call in calls]
    answered = [wait for wait in waits if wait is not None]
    return Outcome(rate, answered, len(waits) - len(answered))


def _ask_at(client: Client, kb_id: str, question: str, due: float) -> float | None:
    """Seconds from the moment the question was due; None if it was not answered."""
    time.sleep(max(0.0, due - time.perf_counter()))
    try:
        response = client.call(
            "POST",
            "/api/v1/rag/query",
            json={"kb_id": kb_id, "query": question, "use_cache": False},
            timeout=PATIENCE_S,
        )
    except httpx.HTTPError:
        return None
    return time.perf_counter() - due if response.is_success else None
