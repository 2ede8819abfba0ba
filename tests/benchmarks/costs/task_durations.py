"""Writes what agents' tasks take into infra/measured.json, as ``durations`` does for questions and documents.

    .venv/bin/python -m tests.benchmarks.costs.task_durations

Nobody waits for these tasks, so that the call's own time is measured; what waiting takes follows from the steps'.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from infra.costs.usage import EXECUTE
from infra.local.stack import Stack
from tests.benchmarks.costs.durations import (
    Product,
    calls_of,
    execution_histories,
    functions_entry,
    is_event,
    per,
    spent_between,
    write,
)
from tests.support.client import Client

FIRST_YEAR, YEARS = 1990, 30
REPORT: Final = "# Report\n\n" + "\n\n".join(
    f"Revenue in {year} was {10_000 + 7 * (year - FIRST_YEAR) ** 2} million yuan." for year in range(FIRST_YEAR, 2021)
)
# Two values, one computation, a look back; other years each time, as an answer may come from the cache.
TASK: Final = "By how much did revenue grow from {first} to {last}?"
TASKS, WARMING = 10, 2
MACHINE: Final = "-agents"
_SUFFIX: Final = "Function"


def execute(product: Product, number: int) -> tuple[float, int]:
    """Seconds of the call, and the bytes of the task at its end."""
    task = TASK.format(first=FIRST_YEAR + 2 * number, last=FIRST_YEAR + 2 * number + 1)
    body = {"task": task, "tools": ["knowledge_base", "calculator"], "kb_ids": [product.kb_id]}
    started = time.perf_counter()
    accepted = product.client.json("POST", "/api/v1/agent/execute", json=body, headers={"prefer": "respond-async"})
    called_s = time.perf_counter() - started
    while True:
        shown = product.client.call("GET", f"/api/v1/agent/tasks/{accepted['task_id']}")
        if shown.json()["status"] != "running":
            assert f"{7 * (4 * number + 1)}" in shown.json()["final_result"], shown.text
            return called_s, len(shown.content)
        time.sleep(0.2)


def measure(product: Product) -> dict[str, Any]:
    execute(product, 0)
    cold = product.snapshot().function_cpu_s
    for number in range(WARMING):
        execute(product, 1 + number)
    endpoint = product.stack.endpoint
    done, before = len(execution_histories(endpoint, MACHINE)), product.snapshot()
    executed = [execute(product, 1 + WARMING + number) for number in range(TASKS)]
    after = product.snapshot()
    histories = execution_histories(endpoint, MACHINE)[done:]
    assert len(histories) == TASKS
    calls = calls_of(histories[0]) + Counter((EXECUTE,))
    spent = spent_between(before, after)
    warm = {name: spent[name] / (TASKS * count) for name, count in calls.items()}
    first = {name: cold[name] - (count - 1) * warm[name] for name, count in calls.items()}
    waited = {name: statistics.median(seconds) for name, seconds in _state_seconds(histories).items()}
    waited[EXECUTE] = statistics.median(seconds for seconds, _ in executed)
    return {
        "functions": functions_entry(first, warm, waited),
        "task": {
            "answer_bytes": round(statistics.mean(size for _, size in executed)),
            "database_cpu_ms": per(before.database_cpu_s, after.database_cpu_s, TASKS, 1000),
            "database_log_bytes": per(before.log_position, after.log_position, TASKS),
        },
    }


def _state_seconds(histories: list[list[dict[str, Any]]]) -> dict[str, list[float]]:
    """Of every state that calls a function, by the function's logical id: they follow one another."""
    found: dict[str, list[float]] = {}
    for history in histories:
        entered = 0.0
        for event in history:
            if is_event(event, "TaskStateEntered"):
                entered = event["timestamp"].timestamp()
            if is_event(event, "TaskStateExited"):
                name = f"{event['stateExitedEventDetails']['name']}{_SUFFIX}"
                found.setdefault(name, []).append(event["timestamp"].timestamp() - entered)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Stack(Path(folder)) as stack:
        client = Client(stack.base_url, language="en")
        write(measure(Product(stack, client, client.create_base_of("tasks", "report.md", REPORT))))


if __name__ == "__main__":
    main()
