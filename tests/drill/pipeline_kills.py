"""kill -9 in every step of the pipeline: the documents' rows, chunks and objects are those of an undisturbed run."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from voicehelper.adapters.database import TenantDatabase
from voicehelper.ingestion.events import BaseQueued
from voicehelper.knowledge import lifecycle
from voicehelper.resources import content, database, embedding_model, upload_queue

from infra.local.redelivery import upload_event
from tests.drill import mortal
from tests.drill.machine import Execution, Json, handler_of
from tests.drill.outcome import Outcome
from tests.drill.reaper import API, Reaper
from tests.drill.services import Services, running_services
from tests.support.bases import Base, add_member, create_base, create_document
from tests.support.scans import as_file, scan
from tests.support.stations import text_of

STEPS: Final = ("ParseDocument", "RecognisePictures", "ChunkDocument", "IndexText", "EmbedChunks", "IndexVectors",
                "FinishDocument", "MarkFailed")  # fmt: skip
OTHERS: Final = ("StartIngestion", "RetryDocument", "EndOverdue")
RECOGNISED_KILLS: Final = 3
MOST_SCANS: Final = 6
MOST_ATTEMPTS: Final = 12
Admin = psycopg.Connection[Any]


@dataclass
class Book:
    """A base, and the documents that came into it by their number."""

    base: Base
    user_id: UUID
    documents: dict[int, UUID] = field(default_factory=dict)


def kill_pipeline(random: Random, *, kills: int = 240, least: int = 6) -> Outcome:
    """Until so many have died in all, and ``least`` in each step that every document passes."""
    outcome = Outcome()
    with running_services() as services, psycopg.connect(services.dsn, autocommit=True) as admin:
        reaper = Reaper(services, random, outcome)
        for state in STEPS:
            handler_of("ingestion", state)  # imported once, before any child
        calm, killed = _book(admin, services), _book(admin, services)
        for number in _numbers(reaper, kills, least):
            _bring(number, calm, Reaper(services, random, outcome, share=0.0, points=reaper.points), admin)
            _bring(number, killed, reaper, admin)
            outcome.tried["documents"] += 1
        _compare(outcome, services, admin, calm, killed)
    reaper.tell()
    for state in STEPS[:1] + STEPS[2:]:
        outcome.require(f"kills in {state}", least)
    outcome.require("kills in RecognisePictures", min(least, RECOGNISED_KILLS))
    return outcome


def _numbers(reaper: Reaper, kills: int, least: int) -> Iterator[int]:
    """Scans, whose recognition takes seconds, are numbered down from 0, all others up from 1."""
    for number in range(0, -MOST_SCANS, -1):
        yield number
        if reaper.kills["RecognisePictures"] >= min(least, RECOGNISED_KILLS):
            break
    number = 0
    while reaper.kills.total() < kills or any(reaper.kills[name] < least for name in STEPS[2:]):
        yield (number := number + 1)


def _book(admin: Admin, services: Services) -> Book:
    model = mortal.run(embedding_model, environment=services.environment).result
    base = create_base(admin, model=str(model))
    return Book(base, add_member(admin, base.tenant_id))


def _bring(number: int, book: Book, reaper: Reaper, admin: Admin) -> None:
    """From the arrival of the file to the document's end, through as many attempts as it takes."""
    services = reaper.services
    name = f"scan-{-number}.png" if number < 1 else f"station-{number}.md"
    document_id = create_document(admin, book.base, name, document_id=uuid4())
    book.documents[number] = document_id
    arrival = "UPDATE document SET stage = 'awaiting_upload', uploaded_by = %s WHERE id = %s"
    admin.execute(arrival, (book.user_id, document_id))
    key = book.base.ref(document_id).source_key(1)
    services.put(key, as_file(scan(f"The valve {-number} closes at 120 kPa.")) if number < 1 else text_of(number))
    message = upload_event(services.bucket, key)
    for _ in range(MOST_ATTEMPTS):
        _consume(reaper, message)
        if _attempt(book, document_id, reaper, admin):
            _consume(reaper, message)  # it comes once more, late
            return
        message = _retry(book, document_id, reaper)
    reaper.outcome.lost.append(f"{name} has not ended after {MOST_ATTEMPTS} attempts")


def _consume(reaper: Reaper, body: str) -> None:
    """The queue's message, until the function has taken it."""
    handler = handler_of("ingestion", "StartIngestion")
    event = {"Records": [{"messageId": "1", "body": body, "eventSource": "aws:sqs"}]}
    for _ in range(10):
        if not reaper.insist("StartIngestion", lambda: handler(event, None))["batchItemFailures"]:
            return
    reaper.outcome.wrong.append(f"StartIngestion refuses {body[:200]}")


def _attempt(book: Book, document_id: UUID, reaper: Reaper, admin: Admin) -> bool:
    """Whether the document's current attempt ended with the document in the index."""
    row = admin.execute("SELECT attempt, status FROM document WHERE id = %s", (document_id,)).fetchone()
    assert row
    given = reaper.services.execution("ingestion", f"{document_id}-{row[0]}")
    if given is None:
        reaper.outcome.lost.append(f"attempt {row[0]} of {document_id} was not started")
        return True
    reaper.doom(STEPS[2:-1])
    execution = Execution.of("ingestion", reaper.carry_out("ingestion"))
    if not execution.run(given) and execution.visited[-1] == "NotRecorded":
        _tell_of_its_end(reaper, given)
    status, code = _status(admin, document_id)
    if status == "failed" and code not in ("internal", "upstream_unavailable", "timed_out"):
        reaper.outcome.wrong.append(f"{document_id} failed with {code}")
    if status == "processing":
        reaper.outcome.lost.append(f"{document_id} is still processing after its execution's end")
    return status == "indexed"


def _status(admin: Admin, document_id: UUID) -> tuple[str, str]:
    row = admin.execute("SELECT status, error_code FROM document WHERE id = %s", (document_id,)).fetchone()
    assert row
    return str(row[0]), str(row[1])


def _tell_of_its_end(reaper: Reaper, given: Json) -> None:
    handler = handler_of("ingestion", "EndOverdue")
    detail = {"input": json.dumps(given), "status": "FAILED"}
    reaper.insist("EndOverdue", lambda: handler({"detail": detail}, None))


def _retry(book: Book, document_id: UUID, reaper: Reaper) -> str:
    """As the user does whom the status told so; returns the message that says it, which must be in the queue."""
    before = reaper.services.messages()

    def retry() -> None:
        tenant = TenantDatabase(database(), book.base.tenant_id)
        with contextlib.suppress(lifecycle.DocumentNotRetryableError):  # the try before died behind its commit
            lifecycle.retry_document(tenant, document_id, content=content(), uploads=upload_queue())

    reaper.insist("RetryDocument", retry, API)
    if reaper.services.messages() <= before:
        reaper.outcome.lost.append(f"nobody is told of the retry of {document_id}")
    return BaseQueued(tenant_id=book.base.tenant_id, kb_id=book.base.kb_id).model_dump_json()


def _compare(outcome: Outcome, services: Services, admin: Admin, calm: Book, killed: Book) -> None:
    for number in calm.documents:
        one, other = (_found(services, admin, book, number) for book in (calm, killed))
        outcome.compare(f"document {number}", other, one)
        chunks = _column(admin, "SELECT id FROM chunk WHERE document_id = %s", killed.documents[number])
        outcome.duplicated += [f"chunk {chunk}" for chunk in chunks if chunks.count(chunk) > 1]
    sums = [_sums(admin, book) for book in (calm, killed)]
    outcome.compare("counters of words, of chunks and of usage", sums[1], sums[0])
    left = _column(admin, "SELECT document_id FROM running_attempt WHERE %s::uuid IS NOT NULL", killed.user_id)
    outcome.lost += [f"the turn of {document_id} was never given back" for document_id in left]


def _found(services: Services, admin: Admin, book: Book, number: int) -> dict[str, Any]:
    """What must be the same in both runs: nothing with an id in it."""
    document_id = book.documents[number]
    row = admin.execute(_ROW, (document_id,)).fetchone()
    chunks = admin.execute(_CHUNKS, (document_id,)).fetchall()
    prefix = book.base.ref(document_id).prefix
    keys = {re.sub("-[0-9a-f]{16}", "", key.removeprefix(prefix)) for key in services.keys(prefix)}
    attempts_keys = re.compile(r"pictures-\d+\.json")  # of each attempt that had pictures to read
    return {"row": row, "chunks": chunks, "keys": sorted({attempts_keys.sub("pictures.json", key) for key in keys})}


_ROW: Final = """
    SELECT status, stage, chunk_count, vector_count, characters, sha256, superseded_by, warnings
      FROM document WHERE id = %s
"""
_CHUNKS: Final = """
    SELECT c.seq, c.title, c.content, l.lex::text, v.embedding::text
      FROM chunk AS c LEFT JOIN chunk_lex AS l ON l.chunk_id = c.id LEFT JOIN chunk_vec AS v ON v.chunk_id = c.id
     WHERE c.document_id = %s ORDER BY c.seq
"""
_SUMS: Final = """
    SELECT (SELECT sum(n)::int FROM lex_df_page, unnest(df::real[]) AS n WHERE kb_id = %(kb)s),
           (SELECT sum(chunks)::int FROM lex_stats WHERE kb_id = %(kb)s),
           (SELECT sum(documents)::int FROM usage_day WHERE kb_id = %(kb)s),
           (SELECT sum(pages)::int FROM usage_day WHERE kb_id = %(kb)s)
"""


def _sums(admin: Admin, book: Book) -> tuple[Any, ...]:
    row = admin.execute(_SUMS, {"kb": book.base.kb_id}).fetchone()
    assert row
    return tuple(row)


def _column(admin: Admin, statement: str, value: object) -> list[Any]:
    return [row[0] for row in admin.execute(statement, (value,)).fetchall()]
