"""The four loads: questions until they bend, far more than that, fifty users who upload, ten thousand requests."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Final

import httpx
import psutil

from infra.local.stack import Stack
from tests.benchmarks.costs.figure import Figure
from tests.load.arrivals import ANSWERED, RAW, REFUSED, UNANSWERED, Call, Offered, offer, questions_to
from tests.support.client import Client

RATES: Final = (2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)
SECONDS: Final = 8.0
SLOWEST_P95_S: Final = 1.0
OVERLOAD_S: Final = 20.0
USERS: Final = 50
REQUESTS: Final = 10_000
CALLERS: Final = 8


@dataclass(frozen=True)
class Target:
    """A stack, and a base whose questions are known."""

    stack: Stack
    client: Client
    kb_id: str
    questions: list[str]
    random: Random

    def ask(self, rate: float, seconds: float) -> Offered:
        calls = questions_to(self.kb_id, self.random.sample(self.questions, len(self.questions)))
        headers = {"authorization": self.client.http.headers["authorization"], "accept-language": "en"}
        return offer(self.stack.base_url, headers, calls, rate=rate, seconds=seconds, random=self.random)


def until_it_bends(target: Target, rates: tuple[float, ...] = RATES, seconds: float = SECONDS) -> Iterator[Figure]:
    """The last figure is the highest rate at which all were answered and 95 % within a second."""
    held = 0.0
    for rate in rates:
        offered = target.ask(rate, seconds)
        yield Figure(f"{rate:g} questions/s: median wait", offered.percentile(0.5) * 1000, "ms")
        yield Figure("... 95th percentile", offered.percentile(0.95) * 1000, "ms")
        yield from _refusals(offered)
        if offered.outcomes[ANSWERED] < len(offered.samples) or offered.percentile(0.95) > SLOWEST_P95_S:
            break
        held = rate
    yield Figure(f"questions/s before the bend (p95 {SLOWEST_P95_S:g} s)", held, "/s")


def overloaded(target: Target, rate: float, seconds: float = OVERLOAD_S) -> Iterator[Figure]:
    offered = target.ask(rate, seconds)
    yield Figure(f"{rate:g} questions/s for {seconds:g} s: answered", offered.outcomes[ANSWERED], "")
    yield Figure("... answered a second", offered.outcomes[ANSWERED] / offered.took_s, "/s")
    yield Figure("... median wait of the answered", offered.percentile(0.5) * 1000, "ms")
    yield from _refusals(offered)


def _refusals(offered: Offered) -> Iterator[Figure]:
    yield Figure(f"... {REFUSED}", offered.outcomes[REFUSED], "")
    yield Figure("... answered with a raw error", offered.outcomes[RAW], "", most=0)
    yield Figure("... unanswered", offered.outcomes[UNANSWERED], "", most=0)
    codes = Counter(f"{s.status} {s.code}" for s in offered.samples if s.outcome != ANSWERED)
    for code, number in codes.most_common(4):
        yield Figure(f"...... {code}"[:52], number, "")


def uploads(target: Target, users: int = USERS) -> Iterator[Figure]:
    """Each user in a workspace of their own; one file each at the same time, and what its author hears of it."""
    with ThreadPoolExecutor(users) as pool:
        clients = list(pool.map(lambda _: _newcomer(target.stack.base_url), range(users)))
        bases = list(pool.map(lambda client: client.create_base("own"), clients))
        started = time.perf_counter()
        sent = list(pool.map(_upload, clients, bases, range(users)))
        accepted_s = time.perf_counter() - started
        ended = [
            client.wait([document], limit_s=300)[document] for client, (document, _) in zip(clients, sent, strict=True)
        ]
    took_s = time.perf_counter() - started
    yield Figure(f"{users} users upload at once: all accepted after", accepted_s, "s")
    yield Figure("... asked to come again, and did", sum(again for _, again in sent), "")
    yield Figure("... all indexed after", took_s, "s")
    indexed = sum(status["status"] == "indexed" for status in ended)
    yield Figure("... indexed", indexed, "", least=users)
    for client in clients:
        client.http.close()


def _newcomer(base_url: str) -> Client:
    """Registering hashes a password, so fifty at once may be told to come again."""
    for _ in range(30):
        try:
            return Client(base_url, language="en")
        except AssertionError:
            time.sleep(1)
    raise AssertionError("registration was refused thirty times")


def _upload(client: Client, kb_id: str, number: int) -> tuple[str, int]:
    """(the document, how often its author was sent away)"""
    text = "\n\n".join(f"Pump {number} has step {step}: it runs for {step + number} minutes." for step in range(20))
    path, files = f"/api/v1/knowledge/bases/{kb_id}/documents", {"file": (f"{number}.md", text.encode())}
    for again in range(60):
        answer = client.call("POST", path, files=files)
        if answer.is_success:
            return str(answer.json()["document_id"]), again
        assert answer.status_code in (429, 503), f"{answer.status_code} {answer.text}"
        time.sleep(min(5.0, float(answer.headers.get("retry-after", "1"))))
    raise AssertionError("an upload was refused sixty times")


def memory(target: Target, requests: int = REQUESTS) -> Iterator[Figure]:
    """Of functions and database after a fifth of the requests and after all of them; the emulator's is told apart."""
    calls = _mixed(target)
    sent, outcomes = 0, Counter[int]()
    before = dict[str, float]()
    http = httpx.Client(base_url=target.stack.base_url, headers=target.client.http.headers, timeout=60)
    with http, ThreadPoolExecutor(CALLERS) as pool:
        for share in (requests // 5, requests - requests // 5):
            batch = list(itertools.islice(calls, share))
            outcomes.update(pool.map(lambda call: _status(http, call), batch))
            sent += share
            after = measured_memory(target.stack)
            before = before or after
    yield Figure(f"{sent} requests: not answered with success", sent - outcomes[200], "")
    for kind in before:
        yield Figure(f"... PSS of {kind} after a fifth", before[kind], "MiB")
        yield Figure(f"... PSS of {kind} after all", after[kind], "MiB")
    growth = after["functions"] / before["functions"]
    yield Figure("... functions, after all / after a fifth", growth, "x", most=1.1)


def _mixed(target: Target) -> Iterator[Call]:
    """One question in twenty; the rest reads."""
    asked = questions_to(target.kb_id, target.questions)
    reads = ("/api/v1/knowledge/bases", f"/api/v1/knowledge/bases/{target.kb_id}", "/api/v1/users/me", "/health")
    for number in itertools.count():
        yield next(asked) if number % 20 == 0 else Call("GET", reads[number % len(reads)])


def _status(http: httpx.Client, call: Call) -> int:
    try:
        return http.request(call.method, call.path, json=call.body).status_code
    except httpx.HTTPError:
        return 0


def measured_memory(stack: Stack) -> dict[str, float]:
    """PSS in MiB by kind: a page that several processes map counts once. Functions are the emulator's children."""
    database, emulator = (psutil.Process(stack.processes[number].pid) for number in (0, 1))
    return {
        "functions": sum(map(_pss, emulator.children(recursive=True))),
        "database": sum(map(_pss, [database, *database.children(recursive=True)])),
        "emulator": _pss(emulator),
    }


def _pss(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return float(process.memory_full_info().pss) / 2**20
    return 0.0
