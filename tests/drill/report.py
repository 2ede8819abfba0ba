"""RELIABILITY.md: what was tried, what was found, on which commit, and what an emulator cannot prove."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from tests.drill.outcome import Outcome

SAYS: Final = {
    "pipeline kills": "A document's functions die at a random point of their traffic, as often as their machine tries "
    "again and beyond; rows, chunks, vectors, counters and objects are those of an undisturbed run.",
    "agent kills": "The same for every step of agents' tasks and their tools: traces and reports.",
    "deletions": "Deletions and purges die at each point of their traffic, and beside steps that die: nothing "
    "answers again, and nothing is left.",
    "deliveries": "Messages in disorder, each up to several times, starts that are refused, executions that fail or "
    "are lost: every document is indexed once or gone.",
    "poison messages": "Malformed and hostile messages: none stops its neighbours, changes a row, or comes back for "
    "ever.",
    "full disk": "Steps on a disk with little room or none say so, and succeed with room.",
    "outages": "The database hangs, crashes and sleeps under questions and uploads.",
    "embedding change": "The embedding model is changed under questions: no wrong answer, and no mixture of models.",
    "kills of the whole stack": "The running product: functions and the launcher killed, uploads announced up to three "
    "times, agents' tasks beside.",
    "ends of the stack": "kill -9, the emulator's death, the database's death, an orderly stop: work ends after the "
    "next start.",
    "hostile files": "Damaged files of every format end with a reason.",
    "model faults": "Two providers of which three calls in ten fail, over HTTP, and replies no server should send.",
    "tokens": "Forged, stolen and misused tokens and keys, odd HTTP.",
    "rights": "Role × grant × credential × operation.",
    "budgets": "Reservations of many processes at once.",
}
CANNOT: Final = """\
- **Durability and replication** of Aurora, S3, SQS and DynamoDB, their failovers, and the loss of a zone. Here a crash
  ends processes on one machine whose operating system goes on, and PostgreSQL writes without `fsync`.
- **Lambda as it is**: environments that are frozen, thawed and taken away, memory that is enforced, the account's
  concurrency under load, the time of cold starts. Here functions are processes that stay warm and share the cores.
- **Delivery of SQS, EventBridge and Step Functions**: their duplicates, order and delays are played by the rules that
  AWS documents, not met.
- **IAM, KMS, VPC and TLS**: nothing is encrypted on its way, and policies are not enforced in these runs.
- **Aurora's pause** is a proxy that holds connections for 15 s; a resume that takes minutes after a day is not played.
- **A full disk of the database**, whose volume grows by itself on Aurora: only the functions' disk is filled.
- **Throttling and quotas** of AWS's APIs, other than Lambda's concurrency.
- **Weeks**: nothing here runs longer than half an hour.
"""


def report(outcomes: Mapping[str, Outcome], *, seed: int, commit: str, seconds: float, load: float = 0.0) -> str:
    """``load`` is that of the machine when the drill began: what else it had to do makes time-outs likelier."""
    tried = sum(1 for outcome in outcomes.values() if not outcome.untried)
    held = (
        "Nothing was lost, duplicated or wrong." if all(o.holds for o in outcomes.values()) else "**It did not hold.**"
    )
    head = [
        "# Reliability",
        "",
        f"Written by `make drill SEED={seed}` on {datetime.now(UTC):%Y-%m-%d}, commit {commit}, {os.cpu_count()} cores"
        f" with a load of {load:.1f} before, Python {platform.python_version()}; {tried} of {len(outcomes)} parts in"
        f" {seconds / 60:.0f} minutes. {held}",
        "",
        "| part | tried | lost | duplicated | wrong | s |",
        "|---|---|---|---|---|---|",
    ]
    rows = [_row(name, outcome) for name, outcome in outcomes.items()]
    more = [line for name, outcome in outcomes.items() for line in _section(name, outcome)]
    return "\n".join([*head, *rows, "", _totals(outcomes), "", *more, "## What an emulator cannot prove", "", CANNOT])


def _totals(outcomes: Mapping[str, Outcome]) -> str:
    parts = ("pipeline kills", "agent kills", "kills of the whole stack")
    kills = sum(outcomes[name].tried["kills"] for name in parts if name in outcomes)
    deletions = outcomes.get("deletions", Outcome()).tried
    crashes = sum(number for kind, number in deletions.items() if kind.startswith(("crashes", "kills")))
    return (
        f"Functions killed with SIGKILL: {kills:,} in the pipeline and in tasks, {crashes:,} in and beside deletions."
    )


def _row(name: str, outcome: Outcome) -> str:
    if outcome.untried:
        return f"| {name} | not tried | | | | {outcome.seconds:.0f} |"
    kind, number = _main(outcome)
    counts = f"{len(outcome.lost)} | {len(outcome.duplicated)} | {len(outcome.wrong)}"
    return f"| {name} | {number:,} {kind} | {counts} | {outcome.seconds:.0f} |"


def _main(outcome: Outcome) -> tuple[str, int]:
    """What a part is about: the first of these it counted."""
    kinds = (
        "kills",
        "messages",
        "poison messages",
        "crashes of DeleteDocument",
        "steps on a full disk",
        "mutated files",
        "questions",
        "calls",
        "forged tokens",
        "tests",
    )
    kind = next((kind for kind in kinds if outcome.tried[kind]), "")
    return kind, outcome.tried[kind]


def _section(name: str, outcome: Outcome) -> list[str]:
    counted = ", ".join(f"{number:,} {kind}" for kind, number in sorted(outcome.tried.items()) if number)
    lines = [f"## {name[0].upper()}{name[1:]}", "", SAYS.get(name, ""), "", f"Counted: {counted or 'nothing'}.", ""]
    if outcome.untried:
        lines += [f"Not tried: {outcome.untried}", ""]
    if outcome.findings:
        lines += [*(f"- {finding}" for finding in outcome.findings[:40]), ""]
    return lines
