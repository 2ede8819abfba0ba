"""Agents' tasks: what a step takes beside its model and its tool, what a run costs, and what each tool's function loads.

A sum that is computed takes its tool no time, so what one more of them takes is the step's own: choosing, calling and
recording it. Transitions are counted on the state machine's own definition.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.costs import bill, deployment
from infra.costs.definition import transitions
from infra.costs.usage import SIX_STEPS, task_states
from infra.local.stack import Stack
from tests.benchmarks.costs.cold_starts import cpu_seconds, limit_of
from tests.benchmarks.costs.figure import Figure
from tests.support.application import handler_files
from tests.support.client import Client

SHORT, LONG, RUNS = 1, 6, 7
MOST_QUESTIONS_A_STEP: Final = 1.0
MOST_USD: Final = 0.75
TEXT: Final = "# Travel\n\nThe hotel allowance is 350 yuan a night.\n"


def figures() -> Iterator[Figure]:
    yield from _transitions()
    yield from _imports()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Stack(Path(folder)) as stack:
        yield from _steps(Client(stack.base_url, language="en"))


def _transitions() -> Iterator[Figure]:
    entered = transitions(task_states(deployment.read("dev")))
    usd = entered * bill.read_prices()["step_functions_thousand_transitions"]  # a thousand runs of so many
    yield Figure(f"states entered by a task of {len(SIX_STEPS) - 1} steps", entered, "")
    yield Figure("transitions of 1,000 such tasks", usd, "USD", most=MOST_USD)


def _imports() -> Iterator[Figure]:
    """Seconds are the machine's; the limit is in bare handlers, as ``cold_starts`` holds it."""
    for path in handler_files():
        if path.parent.name == "tools":
            name = f"{path.parent.name}.{path.stem}"
            cpu_seconds(f"import {name}")
            seconds = min(cpu_seconds(f"import {name}") for _ in range(3))
            yield Figure(f"CPU of importing {name} (limit {limit_of(name):g} bare)", seconds, "s")


def _steps(client: Client) -> Iterator[Figure]:
    """By turns, all warm."""
    kb_id = client.create_base_of("steps", "travel.md", TEXT)
    for number in range(2):
        _task_s(client, LONG, number), _question_s(client, kb_id)
    measured = [
        (_task_s(client, SHORT, run), _task_s(client, LONG, run), _question_s(client, kb_id))
        for run in range(2, RUNS + 2)
    ]
    short, long, question = (statistics.median(column) for column in zip(*measured, strict=True))
    step = (long - short) / (LONG - SHORT)
    yield Figure("a step of a task, without model and tool", step * 1000, "ms")
    yield Figure("... over a warm question", step / question, most=MOST_QUESTIONS_A_STEP)


def _question_s(client: Client, kb_id: str) -> float:
    started = time.perf_counter()
    client.ask(kb_id, "What is the hotel allowance?", use_cache=False)
    return time.perf_counter() - started


def _task_s(client: Client, calls: int, run: int) -> float:
    text = " ".join(f"What is {run + 12} * {number + 3}?" for number in range(calls))
    started = time.perf_counter()
    task = client.json("POST", "/api/v1/agent/execute", json={"task": text, "tools": ["calculator"]})
    assert (task["status"], task["stats"]["tool_calls"]) == ("completed", calls)
    return time.perf_counter() - started
