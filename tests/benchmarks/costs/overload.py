"""More than the product can carry: forty questions a second for a minute, while documents are ingested.

It may refuse, in its own shape and with a time to come back, but nothing may stay unanswered and no error may be raw
(Google, "Site Reliability Engineering", ch. 21: degraded but predictable).
"""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from infra.local.stack import Stack
from tests.benchmarks.costs.figure import Figure
from tests.benchmarks.costs.real_text import base_with_answers, questions
from tests.benchmarks.costs.requests import memory_figures
from tests.support.client import Client

RATE, SECONDS, DOCUMENTS, CHUNKS = 40, 60, 50, 1_000
WORKERS, ALONE_S = 2, 20.0
PATIENCE_S = 60.0  # twice what the gateway waits: whoever has heard nothing by then never will
ANSWERED, REFUSED, RAW, UNANSWERED = "answered", "refused", "raw", "unanswered"

Ask = Callable[[str], str]


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Stack(Path(folder)) as stack:
        client = Client(stack.base_url, language="en")
        ask = _asking(client, base_with_answers(client, stack.dsn, CHUNKS))
        for question in questions()[:4]:
            ask(question)
        alone = _carried_alone(ask)
        yield Figure(f"questions/s that {WORKERS} callers get answered", alone, "/s")
        documents, outcomes, took_s = _overloaded(client, ask)
        yield Figure(
            f"{RATE} questions/s for {SECONDS} s, {DOCUMENTS} documents beside: answered", outcomes[ANSWERED], ""
        )
        yield Figure("... refused with a time to come back", outcomes[REFUSED], "")
        yield Figure("... answered with a raw error", outcomes[RAW], "", most=0)
        yield Figure("... unanswered", outcomes[UNANSWERED], "", most=0)
        yield Figure("... answered a second / by the callers alone", outcomes[ANSWERED] / took_s / alone, "x")
        ended = client.wait(documents, limit_s=600).values()
        yield Figure(
            "... documents indexed", sum(status["status"] == "indexed" for status in ended), "", least=DOCUMENTS
        )
        yield from memory_figures()


def _asking(client: Client, kb_id: str) -> Ask:
    """(question) → how it went. Connections are not limited: each caller is a browser of its own."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    http = httpx.Client(base_url=client.http.base_url, headers=client.http.headers, timeout=PATIENCE_S, limits=limits)

    numbers = itertools.count()

    def ask(question: str) -> str:
        question = f"Ticket {next(numbers)}. {question}"  # never asked before, so no cached vector answers
        try:
            return _outcome(
                http.post("/api/v1/rag/query", json={"kb_id": kb_id, "query": question, "use_cache": False})
            )
        except httpx.HTTPError:
            return UNANSWERED

    return ask


def _outcome(response: httpx.Response) -> str:
    if response.is_success:
        return ANSWERED
    try:
        in_shape = bool(response.json()["code"])
    except (json.JSONDecodeError, KeyError, TypeError):
        in_shape = False
    return REFUSED if in_shape and response.status_code in (429, 503) and "retry-after" in response.headers else RAW


def _carried_alone(ask: Ask) -> float:
    """Questions a second of as many callers as there are workers, each asking again once it is answered."""
    asked, until = itertools.cycle(questions()), time.perf_counter() + ALONE_S

    def caller() -> int:
        return sum(ask(next(asked)) == ANSWERED for _ in iter(lambda: time.perf_counter() < until, False))

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as callers:
        return sum(done.result() for done in [callers.submit(caller) for _ in range(WORKERS)]) / ALONE_S


def _overloaded(client: Client, ask: Ask) -> tuple[list[str], Counter[str], float]:
    """(the documents, how many questions went how, seconds until the last had been heard of)"""
    documents: list[str] = []
    uploading = threading.Thread(target=_upload_all, args=(client, documents))
    started, asked = time.perf_counter(), itertools.cycle(questions())
    uploading.start()

    def at(number: int) -> str:
        time.sleep(max(0.0, started + number / RATE - time.perf_counter()))
        return ask(next(asked))

    with concurrent.futures.ThreadPoolExecutor(RATE * SECONDS) as callers:
        outcomes = Counter(callers.map(at, range(RATE * SECONDS)))
    took_s = time.perf_counter() - started
    uploading.join()
    return documents, outcomes, took_s


def _upload_all(client: Client, documents: list[str]) -> None:
    kb_id = client.create_base("beside")
    for number in range(DOCUMENTS):
        text = "\n\n".join(f"Pump {number} has step {step}: it runs for {step + number} minutes." for step in range(40))
        documents.append(client.upload(kb_id, f"{number}.md", text.encode()))
