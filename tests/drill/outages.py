"""The database hangs for a minute, crashes, and sleeps, under questions and uploads; then everything ends as it should.

A hang is harder than a refusal: connections stay open and nothing comes back.
"""

from __future__ import annotations

import signal
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Final

import psutil

from infra.local.conditions import Conditions
from infra.local.stack import Stack
from tests.drill.asking import PUMPS, Callers, page_of
from tests.drill.outcome import Outcome
from tests.support.client import Client

AWAY_S: Final = 60.0
WAKES_IN_S: Final = 15.0
UPLOADS: Final = 8  # before each outage


def interrupt_database(random: Random, *, away_s: float = AWAY_S, crashes: int = 3, sleeps: int = 3) -> Outcome:
    outcome = Outcome()
    conditions = Conditions(wakes_in_s=WAKES_IN_S)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Stack(Path(folder), conditions=conditions) as stack:
        client = Client(stack.base_url, language="en")
        kb_id, other_id = client.create_base("asked"), client.create_base("beside")
        documents = [client.upload(kb_id, f"{number}.md", page_of(number)) for number in range(len(PUMPS))]
        client.wait(documents, limit_s=240)
        callers = Callers(client, kb_id, random.randrange(10**6))
        callers.begin()
        documents += _uploaded(client, other_id, 0, outcome)
        _hang(stack, away_s)
        outcome.tried["seconds without a database"] += round(away_s)
        for number in range(1, crashes + 1):
            documents += _uploaded(client, other_id, number, outcome)
            time.sleep(random.uniform(0.5, 4))
            outcome.tried["crashes of the database"] += _crash(stack, random)
        for number in range(crashes + 1, crashes + 1 + sleeps):
            documents += _uploaded(client, other_id, number, outcome)
            time.sleep(random.uniform(0.5, 4))
            assert stack.sleeping
            stack.sleeping.fall_asleep()
            outcome.tried["sleeps of the database"] += 1
            time.sleep(WAKES_IN_S + 5)
        callers.end()
        _judge(client, documents, callers, outcome)
    outcome.require("crashes of the database", 1)
    return outcome


def _uploaded(client: Client, kb_id: str, part: int, outcome: Outcome) -> list[str]:
    """An upload that is refused is sent again, as its caller would."""
    documents = []
    for number in range(UPLOADS):
        name, body = f"{part}-{number}.md", f"# Part {part}\n\nValve {part}-{number} closes at {number} bar.".encode()
        for _ in range(20):
            sent = client.call("POST", f"/api/v1/knowledge/bases/{kb_id}/documents", files={"file": (name, body)})
            if sent.is_success:
                documents.append(str(sent.json()["document_id"]))
                break
            outcome.tried["uploads refused and sent again"] += 1
            time.sleep(1)
        else:
            outcome.lost.append(f"{name} was refused twenty times: {sent.status_code} {sent.text[:200]}")
    return documents


def _servers(stack: Stack) -> list[psutil.Process]:
    postmaster = psutil.Process(stack.processes[0].pid)
    return [postmaster, *postmaster.children(recursive=True)]


def _hang(stack: Stack, seconds: float) -> None:
    stopped = _servers(stack)
    for process in stopped:
        process.suspend()
    time.sleep(seconds)
    for process in stopped:
        process.resume()


def _crash(stack: Stack, random: Random) -> int:
    """A killed session makes PostgreSQL end all others and recover from its log. 0 where nobody had a session."""
    sessions = [process for process in _servers(stack)[1:] if "voicehelper" in " ".join(process.cmdline())]
    if sessions:
        random.choice(sessions).send_signal(signal.SIGKILL)
    return len(sessions[:1])


def _judge(client: Client, documents: list[str], callers: Callers, outcome: Outcome) -> None:
    ended = client.wait(documents, limit_s=400)
    failed = [name for name, status in ended.items() if status["status"] == "failed"]
    for name in failed:
        client.json("POST", f"/api/v1/knowledge/documents/{name}/retry")
    outcome.tried["documents that failed and were retried"] = len(failed)
    ended |= client.wait(failed, limit_s=240)
    outcome.lost += [f"{name}: {status}" for name, status in ended.items() if status["status"] != "indexed"]
    outcome.wrong += callers.wrong
    outcome.tried["documents"] = len(documents)
    outcome.tried["questions"] = callers.told.total()
    for told, number in callers.told.items():
        outcome.tried[f"questions told: {told}"] = number
    quiet = Callers(client, callers.kb_id, 0)
    outcome.wrong += [f"the {PUMPS[n]} pump is not known afterwards" for n in range(len(PUMPS)) if not quiet.ask(n)]
