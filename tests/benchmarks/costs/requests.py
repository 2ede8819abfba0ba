"""The running product: what a caller waits for, alone and under load, how soon uploads answer, and its memory."""

from __future__ import annotations

import contextlib
import io
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from reportlab.pdfgen.canvas import Canvas

from infra.local.stack import Stack
from tests.benchmarks.costs.figure import Figure
from tests.benchmarks.costs.load import bend
from tests.benchmarks.costs.real_text import base_with_answers, questions
from tests.support.client import Client

SIZES = (1_000, 10_000)
ASKED, WARMING = 20, 4
PAGES = 10


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Stack(Path(folder)) as stack:
        client = Client(stack.base_url, language="en")
        bases = {size: base_with_answers(client, stack.dsn, size) for size in SIZES}
        for size, kb_id in bases.items():
            yield from _question_figures(client, kb_id, size)
        yield from _upload_figures(client)
        yield from memory_figures()
        yield from bend(client, bases[SIZES[0]], questions())


def _question_figures(client: Client, kb_id: str, size: int) -> Iterator[Figure]:
    """Questions that the base answers, each asked once: no vector comes from a cache."""
    waited: list[float] = []
    answers: list[dict[str, Any]] = []
    for text in questions()[: ASKED + WARMING]:
        started = time.perf_counter()
        answers.append(client.ask(kb_id, text, use_cache=False))
        waited.append(time.perf_counter() - started)
    total = statistics.median(waited[WARMING:])
    parts = [answer["metrics"] for answer in answers[WARMING:]]
    search = statistics.median(part["retrieval_latency"] for part in parts)
    rest = statistics.median(part["total_latency"] - part["retrieval_latency"] for part in parts)
    yield Figure(f"warm question, {size} chunks", total * 1000, "ms")
    yield Figure("... of it search, with the question's vector", search / total, "share")
    yield Figure("... of it composing the answer", rest / total, "share")
    yield Figure("... of it gateway, authorizer and function", (total - search - rest) / total, "share")
    yield Figure("... answered", statistics.mean(bool(answer["sources"]) for answer in answers), "share", least=0.9)


def memory_figures() -> Iterator[Figure]:
    """Of every process of the stack. RSS counts a page once for each process that maps it, PSS once in all."""
    proportional, resident = 0, 0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            memory = process.memory_full_info()
            proportional, resident = proportional + memory.pss, resident + memory.rss
    yield Figure("memory of the whole stack, all kinds warm, PSS", proportional / 2**20, "MiB")
    yield Figure("... RSS", resident / 2**20, "MiB")


def _upload_figures(client: Client) -> Iterator[Figure]:
    """Of the third upload, when the functions are warm."""
    kb_id = client.create_base("uploads")
    answering_s, indexed_s = [_upload(client, kb_id, first) for first in (1_000, 2_000, 3_000)][-1]
    yield Figure(f"upload of {PAGES} pages until BM25 answers", answering_s, "s", most=2.0)
    yield Figure("pages per minute of an upload until meaning finds them", PAGES / indexed_s * 60, "p/min")


def _upload(client: Client, kb_id: str, first: int) -> tuple[float, float]:
    """Seconds until a question is answered from the upload, and until all its vectors are in the index."""
    started = time.perf_counter()
    document_id = client.upload(kb_id, f"{first}.pdf", _pdf(first))
    while time.perf_counter() - started < 60:
        found = client.ask(kb_id, f"At which pressure does valve {first + 3} close?", use_cache=False)["sources"]
        if any(source["document_id"] == document_id for source in found):
            answering_s = time.perf_counter() - started
            client.wait([document_id])
            return answering_s, time.perf_counter() - started
    raise AssertionError("the upload never answered")


def _pdf(first: int) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(PAGES):
        text = canvas.beginText(60, 780)
        for line in range(20):
            text.textLine(f"Station {first + number}, line {line}: inspected every {line + 3} days by team {number}.")
        text.textLine(f"Valve {first + number} closes at {100 + number} kPa.")
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
