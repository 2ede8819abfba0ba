"""What a pattern of use takes from AWS. Entries: ``of_questions``, ``of_documents``, ``of_tasks``, ``of_waking``.

Where the truth depends on chance, the dearer side is taken: uses are evenly spaced, which keeps the database awake the
longest; an environment is gone as soon as it may be; documents that arrive together meet no warm function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from infra.costs.definition import State, calls, follow, transitions, walk
from infra.costs.deployment import Database, Deployment
from infra.costs.measured import Measured
from infra.template import STATE_MACHINE, referenced

INGESTION, AGENTS = "IngestionStateMachine", "AgentStateMachine"
AUTHORIZER, QUESTION, UPLOAD, START, EXECUTE = (
    "AuthorizeRequestFunction",
    "QueryKnowledgeFunction",
    "UploadDocumentFunction",
    "StartIngestionFunction",
    "ExecuteTaskFunction",
)
DOCUMENTS: Final = 100
# A task of six steps: what its choices find. Three values are looked up and two are computed of them; looking back
# finds nothing missing; the report is the sixth.
SIX_STEPS: Final = (*("knowledge_base",) * 3, *("calculator",) * 2, "reflect", "compose")
WAITED_S: Final = 25.0  # by a caller, at most
# Lambda keeps an idle environment for some minutes and does not say how many.
ENVIRONMENT_KEPT_S: Final = 300.0
# About 15 s: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
RESUMING_S: Final = 15.0
# Until the server's keepalives find out that the function behind a session is frozen or gone.
UNNOTICED_S: Final = 360.0
LEAST_AWAKE_ACU: Final = 0.5
# 8 ACU have the memory of an instance with two cores.
CORES_PER_ACU: Final = 0.25
# What a stored change is charged by: https://aws.amazon.com/rds/aurora/pricing/
WRITE_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class Pattern:
    """Evenly spaced uses, the first at the beginning of the hours and the last at their end."""

    name: str
    days: int
    a_day: int
    hours: float

    @property
    def uses(self) -> int:
        return self.days * self.a_day

    @property
    def gap_s(self) -> float:
        return self.hours * 3600 / max(1, self.a_day - 1)

    def awake_s(self, tail_s: float) -> float:
        """Of a database that stays awake for ``tail_s`` after each use."""
        return self.days * ((self.a_day - 1) * min(self.gap_s, tail_s) + tail_s)

    def begun_anew(self, kept_s: float) -> int:
        """How often nothing is left of the use before."""
        return self.uses if self.gap_s > kept_s else self.days


TASKS: Final = Pattern("1,000 tasks of six steps within one hour", 1, 1_000, 1)
QUESTIONS: Final = (
    Pattern("1,000 questions within one hour", 1, 1_000, 1),
    Pattern("1,000 questions in five office days, 200 over eight hours each", 5, 200, 8),
    Pattern("1,000 questions in twenty days, 50 over eight hours each", 20, 50, 8),
)


@dataclass(frozen=True)
class Usage:
    """``acu_s`` is what the database is charged beyond its idle month; I/O in pages read and pieces written."""

    calls: Counter[str] = field(default_factory=Counter)
    cold_calls: Counter[str] = field(default_factory=Counter)
    http_calls: int = 0
    transitions: int = 0
    queue_requests: int = 0
    acu_s: float = 0
    database_ios: float = 0
    egress_bytes: float = 0
    waited_s: Mapping[str, float] = field(default_factory=dict)  # by functions, beside what their calls take


def tail_s(database: Database, measured: Measured) -> float:
    """How long one use keeps a database awake that may sleep: waking, the last session's end, the pause's delay."""
    return RESUMING_S + (measured.idle_session_s or UNNOTICED_S) + database.pause_s


def of_questions(deployment: Deployment, measured: Measured, pattern: Pattern) -> Usage:
    """With the built-in models; a hosted model's tokens come on top."""
    one, cold = measured.question, pattern.begun_anew(ENVIRONMENT_KEPT_S)
    return Usage(
        calls=Counter({AUTHORIZER: pattern.uses, QUESTION: pattern.uses}),
        cold_calls=Counter({AUTHORIZER: cold, QUESTION: cold}),
        http_calls=pattern.uses,
        acu_s=_acu_s(deployment, measured, pattern, pattern.uses * one["database_cpu_ms"] / 1000),
        database_ios=_wakings(deployment, measured, pattern) * one["database_blocks"],
        egress_bytes=pattern.uses * one["answer_bytes"],
    )


def of_documents(deployment: Deployment, measured: Measured, count: int = DOCUMENTS) -> Usage:
    """That arrive together, with the built-in embedding."""
    states, one = pipeline(deployment, int(measured.document["batches"])), measured.document
    a_document = calls(states) + Counter((AUTHORIZER, UPLOAD, START))
    all_calls = Counter({name: count * times for name, times in a_document.items()})
    together = Pattern("", 1, count, count * _seconds(deployment, measured, states) / 3600)
    return Usage(
        calls=all_calls,
        cold_calls=_cold_together(deployment, all_calls),
        http_calls=count,
        transitions=count * transitions(states),
        queue_requests=3 * count,  # sent, received, deleted
        acu_s=_acu_s(deployment, measured, together, count * one["database_cpu_ms"] / 1000),
        database_ios=count * one["database_log_bytes"] / WRITE_BYTES,
    )


def of_tasks(deployment: Deployment, measured: Measured, pattern: Pattern = TASKS) -> Usage:
    """Of ``SIX_STEPS``, planned by rules, whose callers wait; a hosted model's tokens come on top."""
    states, one = task_states(deployment), measured.task
    a_task = calls(states) + Counter((AUTHORIZER, EXECUTE))
    waited_s = min(WAITED_S, _seconds(deployment, measured, states))
    return Usage(
        calls=Counter({name: pattern.uses * times for name, times in a_task.items()}),
        cold_calls=Counter(dict.fromkeys(a_task, pattern.begun_anew(ENVIRONMENT_KEPT_S))),
        http_calls=pattern.uses,
        transitions=pattern.uses * transitions(states),
        acu_s=_acu_s(deployment, measured, pattern, pattern.uses * one["database_cpu_ms"] / 1000),
        database_ios=pattern.uses * one["database_log_bytes"] / WRITE_BYTES,
        egress_bytes=pattern.uses * one["answer_bytes"],
        waited_s={EXECUTE: pattern.uses * waited_s},
    )


def task_states(deployment: Deployment, values: Sequence[str] = SIX_STEPS) -> list[State]:
    """The states of one task, their resources by the function's logical id."""
    return _by_function(deployment, AGENTS, follow(deployment.source.state_machines()[AGENTS], values))


def of_waking(deployment: Deployment, measured: Measured) -> Usage:
    """One use of a database that sleeps."""
    return Usage(acu_s=_acu_s(deployment, measured, Pattern("", 1, 1, 0), 0))


def pipeline(deployment: Deployment, batches: int) -> list[State]:
    """The states of one document, their resources by the function's logical id."""
    return _by_function(deployment, INGESTION, walk(deployment.source.state_machines()[INGESTION], batches))


def _by_function(deployment: Deployment, machine: str, states: list[State]) -> list[State]:
    filled = {
        f"${{{placeholder}}}": referenced(arn)
        for placeholder, arn in deployment.of_kind(STATE_MACHINE)[machine]["DefinitionSubstitutions"].items()
    }
    return [State(state.name, filled.get(state.resource or ""), state.times, state.at_once) for state in states]


def _seconds(deployment: Deployment, measured: Measured, states: list[State]) -> float:
    """From the first state to the last: batches side by side, everything else one after the other."""
    functions = deployment.functions()
    return sum(
        state.rounds * measured.warm_s(state.resource, functions[state.resource].memory_mb)
        for state in states
        if state.resource
    )


def _cold_together(deployment: Deployment, all_calls: Counter[str]) -> Counter[str]:
    functions = deployment.functions()
    return Counter({name: min(times, functions[name].at_once or times) for name, times in all_calls.items()})


def _wakings(deployment: Deployment, measured: Measured, pattern: Pattern) -> int:
    """How often the database reads its pages into an empty memory."""
    if not deployment.database or not deployment.database.sleeps:
        return 1
    return pattern.begun_anew(tail_s(deployment.database, measured))


def _acu_s(deployment: Deployment, measured: Measured, pattern: Pattern, cpu_s: float) -> float:
    """What it is awake for, or what it works, whichever is more; beyond what it has without use."""
    database = deployment.database
    if not database:
        return 0.0
    worked = cpu_s / CORES_PER_ACU
    if database.sleeps:
        return max(LEAST_AWAKE_ACU * pattern.awake_s(tail_s(database, measured)), worked)
    return max(0.0, worked - database.min_acu * pattern.days * pattern.hours * 3600)
