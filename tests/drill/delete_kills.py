"""Deletion with a crash at each point: what was deleted never answers again, and once the calls are repeated nothing is
left. Also while an attempt of the same document is under way, whose steps write as they die.
"""

from __future__ import annotations

import contextlib
from random import Random
from typing import Any, Final
from uuid import uuid4

import psycopg
from voicehelper.adapters.database import TenantDatabase
from voicehelper.index.bm25 import query_counts
from voicehelper.index.protocol import SearchRequest
from voicehelper.ingestion.events import PurgeRequested
from voicehelper.knowledge import lifecycle
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.resources import chunk_index, database, upload_queue

from tests.drill import mortal
from tests.drill.machine import Execution, StateError, handler_of
from tests.drill.mortal import KilledError
from tests.drill.outcome import Outcome
from tests.drill.reaper import API, Reaper
from tests.drill.services import Services, running_services
from tests.support.bases import Base, create_base, create_document, index_document
from tests.support.stations import text_of

Admin = psycopg.Connection[Any]
WORD: Final = "tariff"
VECTOR: Final = [1.0] + [0.0] * 383
_LEFT: Final = (
    "SELECT count(*) FROM document WHERE id = %(id)s",
    "SELECT count(*) FROM chunk WHERE document_id = %(id)s",
    "SELECT count(*) FROM chunk_lex WHERE document_id = %(id)s",
    "SELECT count(*) FROM running_attempt WHERE document_id = %(id)s",
)


def kill_deletions(random: Random, *, documents: int = 12) -> Outcome:
    """Each point of each call, then ``documents`` whose pipeline dies beside."""
    outcome = Outcome()
    with running_services() as services, psycopg.connect(services.dsn, autocommit=True) as admin:
        for state in ("ParseDocument", "ChunkDocument", "IndexText", "EmbedChunks", "IndexVectors", "FinishDocument"):
            handler_of("ingestion", state)
        base = create_base(admin)
        for name in ("DeleteDocument", "PurgeContent"):
            _at_each_point(name, Reaper(services, random, outcome, share=0.0), base, admin)
        for number in range(documents):
            _beside_an_attempt(number, Reaper(services, random, outcome), base, admin)
        left = services.keys("documents/")
        outcome.lost += [f"{key} is left in storage" for key in left[:20]]
    outcome.require("crashes of DeleteDocument", 10)
    outcome.require("crashes of PurgeContent", 6)
    return outcome


def _at_each_point(name: str, reaper: Reaper, base: Base, admin: Admin) -> None:
    point, died = 0, True
    while died:
        point += 1
        request = _document(reaper.services, base, admin)
        died = _crash(name, point, request, reaper)
        reaper.outcome.tried[f"crashes of {name}"] += died
        _repeat(request, reaper)
        _nothing_left(request, reaper, admin)


def _document(services: Services, base: Base, admin: Admin) -> PurgeRequested:
    document_id = index_document(admin, base, f"{uuid4()}.md", f"{WORD} one", f"{WORD} two", vectors=[VECTOR] * 2)
    for name in ("source", "parsed.jsonl", "chunks.jsonl", "vectors/000000-a.f16"):
        services.put(base.ref(document_id).prefix + name, b"x")
    return PurgeRequested(tenant_id=base.tenant_id, kb_id=base.kb_id, document_id=document_id)


def _crash(name: str, point: int, request: PurgeRequested, reaper: Reaper) -> bool:
    """Whether the call died at its ``point``; a call that is over before has been tried at all of them."""
    if name == "PurgeContent":
        _call("DeleteDocument", request, reaper.services)
    try:
        _call(name, request, reaper.services, dies_at=point)
    except KilledError:
        return True
    return False


def _call(name: str, request: PurgeRequested, services: Services, *, dies_at: int = 0) -> None:
    environment = services.environment | (API if name == "DeleteDocument" else {})
    mortal.run(lambda: _WORK[name](request), dies_at=dies_at, environment=environment)


def _delete(request: PurgeRequested) -> None:
    assert request.document_id
    tenant = TenantDatabase(database(), request.tenant_id)
    with contextlib.suppress(DocumentNotFoundError):  # purged meanwhile
        lifecycle.delete_document(tenant, request.document_id, index=chunk_index(), uploads=upload_queue())


def _purge(request: PurgeRequested) -> None:
    from knowledge.purge_content import handler

    handler(request.model_dump(mode="json"), None)


def _search(request: PurgeRequested) -> list[str]:
    """Documents that words or meaning find."""
    questions = (
        SearchRequest([request.kb_id], query_counts(WORD)),
        SearchRequest([request.kb_id], vector=VECTOR),
    )
    with database().transaction(request.tenant_id) as tx:
        found = [passage for question in questions for passage in chunk_index().open(tx).search(question).passages]
    return sorted({str(passage.document_id) for passage in found})


_WORK: Final = {"DeleteDocument": _delete, "PurgeContent": _purge}


def _repeat(request: PurgeRequested, reaper: Reaper) -> None:
    """As the caller who heard nothing does, and the queue, which delivers what the calls sent."""
    before = reaper.services.messages()
    _call("DeleteDocument", request, reaper.services)
    if not reaper.services.messages() > before and _is_there(request, reaper):
        reaper.outcome.lost.append(f"no purge is queued for {request.document_id}")
    found = mortal.run(lambda: _search(request), environment=reaper.services.environment | API).result
    if str(request.document_id) in found:
        reaper.outcome.wrong.append(f"{request.document_id} answers after its deletion")
    for _ in range(2):  # the second message of a deletion comes after every step has ended
        _call("PurgeContent", request, reaper.services)


def _is_there(request: PurgeRequested, reaper: Reaper) -> bool:
    with psycopg.connect(reaper.services.dsn) as connection:
        return bool(connection.execute("SELECT FROM document WHERE id = %s", (request.document_id,)).fetchall())


def _nothing_left(request: PurgeRequested, reaper: Reaper, admin: Admin) -> None:
    for statement in _LEFT:
        row = admin.execute(statement, {"id": request.document_id}).fetchone()
        if row != (0,):
            reaper.outcome.lost.append(f"{request.document_id}: {row} rows are left of {statement}")


def _beside_an_attempt(number: int, reaper: Reaper, base: Base, admin: Admin) -> None:
    """Deleted before one of the steps, which are killed at random; the execution goes on to its end."""
    document_id = create_document(admin, base, f"{uuid4()}.md")
    admin.execute("UPDATE document SET source_attempt = 1, stage = 'parsing' WHERE id = %s", (document_id,))
    admin.execute("INSERT INTO running_attempt (document_id, attempt) VALUES (%s, 1)", (document_id,))
    reaper.services.put(base.ref(document_id).source_key(1), text_of(number))
    request = PurgeRequested(tenant_id=base.tenant_id, kb_id=base.kb_id, document_id=document_id)
    steps, at = iter(range(100)), reaper.random.randrange(12)
    carry_out = reaper.carry_out("ingestion")

    def beside(name: str, given: dict[str, Any]) -> dict[str, Any]:
        if next(steps) == at:
            _call("DeleteDocument", request, reaper.services)
            _call("PurgeContent", request, reaper.services)
        return carry_out(name, given)

    event = base.event(document_id).model_copy(update={"source_attempt": 1, "filename": "station.md"})
    try:
        Execution.of("ingestion", beside).run(event.model_dump(mode="json"))
    except StateError as error:
        reaper.outcome.wrong.append(f"{document_id}: {error}")
    _repeat(request, reaper)
    _nothing_left(request, reaper, admin)
    reaper.outcome.tried["documents deleted while steps died"] += 1
    reaper.outcome.tried["kills beside deletions"] += reaper.kills.total()
