"""Ten thousand messages and more, each up to several times and in any order: of uploads, retries, deletions, ends of
executions and dead letters. Afterwards every document is indexed once or gone, and nothing waits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Final
from uuid import UUID

from voicehelper.errors import ConflictError, VoiceHelperError
from voicehelper.index.chunk import chunks_to_json
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.ingestion.events import DocumentChunked, EmbeddingBatch, IngestionEvent, IngestionFailed
from voicehelper.ingestion.fitness import UNKNOWN
from voicehelper.ingestion.steps.keys import chunks_key, parsed_key, vectors_key
from voicehelper.ingestion.vectors import vectors_to_bytes
from voicehelper.knowledge import lifecycle

from infra.local.redelivery import upload_event
from tests.drill.outcome import Outcome
from tests.drill.world import World, in_world, own_database
from tests.support.bases import Base, add_member, chunks_of, create_base, create_document

AT_ONCE: Final = 8
BASES: Final = 6
VECTOR: Final = [1.0] + [0.0] * 383
_NOT_ENDED: Final = "SELECT id, status, stage, attempt FROM document WHERE status NOT IN ('indexed')"


@dataclass
class Library:
    """Documents by id; ``doomed`` were deleted, ``finished`` were indexed at some time."""

    world: World
    bases: list[tuple[Base, UUID]] = field(default_factory=list)
    documents: dict[UUID, Base] = field(default_factory=dict)
    doomed: set[UUID] = field(default_factory=set)
    finished: set[UUID] = field(default_factory=set)

    def upload(self) -> None:
        base, user_id = self.world.random.choice(self.bases)
        document_id = self.world.new_id()
        create_document(self.world.admin, base, f"{document_id}.md", document_id=document_id)
        arrival = "UPDATE document SET stage = 'awaiting_upload', uploaded_by = %s WHERE id = %s"
        self.world.admin.execute(arrival, (user_id, document_id))
        self.documents[document_id] = base
        ref = base.ref(document_id)
        for key in (ref.source_key(1), parsed_key(ref)):
            self.world.content.put(key, b"x")
        self.world.content.put(chunks_key(ref), chunks_to_json(chunks_of(document_id, f"tariff {document_id}")))
        self.world.queue.send(json.loads(upload_event("content", ref.source_key(1))))

    def delete(self, document_id: UUID) -> None:
        base = self.documents[document_id]
        tenant = self.world.tenant(base.tenant_id)
        lifecycle.delete_document(tenant, document_id, index=PgvectorBackend(), uploads=self.world.queue)
        self.doomed.add(document_id)

    def retry_failed(self) -> None:
        for document_id, base in self._failed():
            try:
                tenant = self.world.tenant(base.tenant_id)
                lifecycle.retry_document(tenant, document_id, content=self.world.content, uploads=self.world.queue)
            except ConflictError:
                continue  # its messages brought it back meanwhile

    def _failed(self) -> list[tuple[UUID, Base]]:
        rows = self.world.admin.execute("SELECT id FROM document WHERE status = 'failed'").fetchall()
        return [(row[0], self.documents[row[0]]) for row in rows]

    def end_one(self) -> None:
        """An execution ends: most succeed, some fail, some are lost. A state may be carried out twice."""
        name = self.world.random.choice(self.world.executions.running)
        event = IngestionEvent.model_validate_json(self.world.executions.payloads[name])
        fate = self.world.random.random()
        if fate < 0.06:
            self.world.executions.end(name, self.world.random.choice(("ABORTED", "TIMED_OUT", "FAILED")))
            return
        succeeded = fate > 0.14 and self._succeeds(event)
        if not succeeded:
            self._mark_failed(event, "States.Timeout")
        self.world.executions.end(name, "SUCCEEDED")

    def _succeeds(self, event: IngestionEvent) -> bool:
        chunked = self._chunked(event).model_dump(mode="json")
        try:
            for step in ("index_text", "index_vectors", "finish_document"):
                for _ in range(self.world.random.choice((1, 1, 1, 2))):
                    chunked = self.world.call(step, chunked)
        except VoiceHelperError as error:
            self._mark_failed(event, type(error).__name__)
            return True
        self.finished.add(event.document_id)
        return True

    def _mark_failed(self, event: IngestionEvent, error: str) -> None:
        failed = IngestionFailed(**event.model_dump(), error={"Error": error, "Cause": "{}"})
        for _ in range(self.world.random.choice((1, 2))):
            self.world.call("mark_failed", failed.model_dump(mode="json"))

    def _chunked(self, event: IngestionEvent) -> DocumentChunked:
        raw = self.world.content.objects.get(chunks_key(event.ref), b"")
        batch = EmbeddingBatch(first=0, last=1, first_byte=0, last_byte=len(raw))
        if raw:
            key = vectors_key(event.ref, batch, model="m", chunks=raw)
            self.world.content.put(key, vectors_to_bytes([VECTOR], UNKNOWN))
        return DocumentChunked(**event.model_dump(), batches=[batch], lanes=10)


def deliver_in_disorder(random: Random, *, messages: int = 10_000) -> Outcome:
    outcome = Outcome()
    with own_database() as (database, admin):
        world = World(database, admin, random, AT_ONCE)
        library = Library(world)
        for _ in range(BASES):
            base = create_base(admin, Base(world.new_id(), world.new_id()))
            library.bases.append((base, add_member(admin, base.tenant_id)))
        with in_world(world):
            _run(library, messages)
            _settle(library, outcome)
        _judge(library, outcome)
    outcome.tried.update(world.counts)
    outcome.tried["messages"] = world.counts.total() - world.counts["watches"]
    outcome.tried["documents"], outcome.tried["documents deleted"] = len(library.documents), len(library.doomed)
    outcome.require("messages", messages)
    return outcome


def _run(library: Library, messages: int) -> None:
    world = library.world
    while world.counts.total() - world.counts["watches"] < messages:
        if world.random.random() < 0.02:
            world.executions.is_busy = not world.executions.is_busy
        if len(world.queue.waiting) < 40:
            library.upload()
        if world.random.random() < 0.02:
            world.queue.waiting += world.queue.later
            world.queue.later = []
        if world.random.random() < 0.03:
            library.retry_failed()
        if world.random.random() < 0.04 and (alive := [one for one in library.documents if one not in library.doomed]):
            library.delete(world.random.choice(alive))
        _turn(library)


def _turn(library: Library) -> None:
    """One of the things that can happen."""
    world = library.world
    happenings = [world.deliver] * bool(world.queue.waiting) + [library.end_one] * 2 * bool(world.executions.running)
    happenings += [world.deliver_call] * bool(world.calls) + [world.tell_of_an_end] * bool(world.executions.ended)
    happenings += [world.read_letters] * bool(world.letters.bodies)
    if happenings:
        world.random.choice(happenings)()


def _settle(library: Library, outcome: Outcome) -> None:
    """Nothing more arrives; users retry what failed, as they are told to."""
    world = library.world
    world.executions.is_busy = False
    for _ in range(20_000):
        if not (world.queue.waiting or world.executions.running or world.calls or world.letters.bodies):
            if world.executions.ended:
                world.tell_of_an_end()
                continue
            if world.queue.later:
                world.queue.waiting, world.queue.later = world.queue.later, []
                continue
            library.retry_failed()
            if not world.queue.waiting:
                return
        _turn(library)
    outcome.wrong.append("the messages never came to an end")


def _judge(library: Library, outcome: Outcome) -> None:
    world = library.world
    rows = world.admin.execute(_NOT_ENDED).fetchall()
    outcome.lost += [f"{row[0]} is {row[1]}, {row[2]}, attempt {row[3]}" for row in rows]
    known = {row[0] for row in world.admin.execute("SELECT id FROM document").fetchall()}
    alive = library.documents.keys() - library.doomed
    outcome.lost += [f"{document_id} has no row" for document_id in alive - known]
    outcome.wrong += [f"{document_id} is still there" for document_id in known & library.doomed]
    _judge_index(library, alive, outcome)
    for table in ("running_attempt", "waiting_base"):
        outcome.compare(table, world.admin.execute(f"SELECT count(*) FROM {table}").fetchone(), (0,))
    if world.most > AT_ONCE:
        outcome.wrong.append(f"{world.most} attempts had a turn at once, {AT_ONCE} may")
    kept = {key.split("/")[3] for key in world.content.objects}
    outcome.wrong += [f"objects of {name} are left" for name in kept & {str(one) for one in library.doomed}]


def _judge_index(library: Library, alive: set[UUID], outcome: Outcome) -> None:
    admin = library.world.admin
    counted = dict(admin.execute("SELECT document_id, count(*) FROM chunk GROUP BY 1").fetchall())
    vectors = dict(
        admin.execute(
            "SELECT document_id, count(*) FROM chunk_vec AS v JOIN chunk ON id = chunk_id GROUP BY 1"
        ).fetchall()
    )
    outcome.lost += [f"{one} has no chunk" for one in alive if one not in counted or one not in vectors]
    outcome.duplicated += [f"{one} has {n} chunks" for one, n in [*counted.items(), *vectors.items()] if n > 1]
    outcome.wrong += [f"chunks of {one} are left" for one in counted.keys() - alive]
    charged = admin.execute("SELECT coalesce(sum(documents), 0)::int FROM usage_day").fetchone()
    outcome.compare("documents charged", charged, (len(library.finished),))
