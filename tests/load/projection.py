"""What AWS would carry and charge, computed from seconds that were measured here: nothing of it was run on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from infra.cost import figures as cost_figures
from infra.costs import deployment, measured
from infra.costs.usage import AUTHORIZER, CORES_PER_ACU, DOCUMENTS, QUESTION, QUESTIONS, TASKS
from tests.benchmarks.costs.figure import Figure

# Of a new account, and of one whose quota was raised to what AWS gives by default.
QUOTAS: Final = (10, 1_000)


def projection(stage: str = "prod") -> Iterator[Figure]:
    """A question holds its own function and, before it, the authorizer; both count against the account's quota."""
    of, times = deployment.read(stage), measured.read()
    functions = of.functions()
    held_s = sum(times.warm_s(name, functions[name].memory_mb) for name in (AUTHORIZER, QUESTION))
    yield Figure("projected for AWS: a warm question holds functions", held_s * 1000, "ms")
    for quota in QUOTAS:
        yield Figure(f"... questions/s with {quota} executions at once", quota / held_s, "/s")
    cpu_s = times.question["database_cpu_ms"] / 1000
    yield Figure("... questions/s that one ACU of the database has", CORES_PER_ACU / cpu_s, "/s")
    costs = cost_figures(of)
    documents = next(value for name, value in costs.items() if name.startswith(f"{DOCUMENTS} documents"))
    yield Figure(f"cost of 1,000 questions within an hour ({stage})", costs[QUESTIONS[0].name], "$")
    yield Figure(f"cost of 1,000 tasks within an hour ({stage})", costs[TASKS.name], "$")
    yield Figure(f"cost of {DOCUMENTS} documents together ({stage})", documents, "$")
