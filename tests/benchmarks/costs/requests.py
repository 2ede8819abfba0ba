"""What a caller of the running product waits for, split into its parts, and how soon an upload answers."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
from reportlab.pdfgen.canvas import Canvas

from infra.local.stack import Stack
from tests.benchmarks.costs.figure import Figure
from tests.benchmarks.costs.generated import fill, question
from tests.support.bases import Base
from tests.support.client import Client

SIZES = (1_000, 10_000)
ASKED = 20
PAGES = 10


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, Stack(Path(folder)) as stack:
        client = Client(stack.base_url, language="en")
        for size in SIZES:
            yield from _question_figures(client, stack.dsn, size)
        yield Figure(f"upload of {PAGES} pages until BM25 answers", _upload_to_answer(client), "s", most=2.0)


def _question_figures(client: Client, dsn: str, size: int) -> Iterator[Figure]:
    kb_id = client.create_base(f"of_{size}")
    key = UUID(kb_id.removeprefix("kb-"))
    with psycopg.connect(dsn) as connection:
        tenant_id = connection.execute("SELECT tenant_id FROM knowledge_base WHERE id = %s", (key,)).fetchone()
        assert tenant_id
        fill(connection, Base(tenant_id[0], key), size)
    waited: list[float] = []
    parts: list[dict[str, float]] = []
    for number in range(ASKED + 3):
        started = time.perf_counter()
        answer = client.ask(kb_id, question(number))
        waited.append(time.perf_counter() - started)
        parts.append(answer["metrics"])
    total = statistics.median(waited[3:])  # the first ones warm
    search = statistics.median(part["retrieval_latency"] for part in parts[3:])
    rest = statistics.median(part["total_latency"] - part["retrieval_latency"] for part in parts[3:])
    yield Figure(f"warm question, {size} chunks", total * 1000, "ms")
    yield Figure("... of it search, with the question's vector", search / total, "share")
    yield Figure("... of it composing the answer", rest / total, "share")
    yield Figure("... of it gateway, authorizer and function", (total - search - rest) / total, "share")


def _upload_to_answer(client: Client) -> float:
    """Seconds on the second upload, when the functions are warm."""
    kb_id = client.create_base("uploads")
    return [_seconds_to_answer(client, kb_id, first) for first in (1_000, 2_000, 3_000)][-1]


def _seconds_to_answer(client: Client, kb_id: str, first: int) -> float:
    started = time.perf_counter()
    document_id = client.upload(kb_id, f"{first}.pdf", _pdf(first))
    while time.perf_counter() - started < 60:
        found = client.ask(kb_id, f"At which pressure does valve {first + 3} close?")["sources"]
        if any(source["document_id"] == document_id for source in found):
            seconds = time.perf_counter() - started
            client.wait([document_id])  # its vectors must not slow down the next one
            return seconds
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
