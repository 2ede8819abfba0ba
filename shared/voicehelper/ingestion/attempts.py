"""Starts one execution per attempt, a bounded number at once; what found no turn stays queued in its row.

``start_for_message`` is the entry for the consumer of the upload queue, ``ending`` for whoever ends an attempt. The
rows hold the queued attempts; messages only trigger a look at them, and may be repeated or late.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any, Final

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.executions import RUNNING, Executions
from voicehelper.adapters.queues import Queue
from voicehelper.ingestion import store, turns
from voicehelper.ingestion.arrivals import uploaded_files
from voicehelper.ingestion.events import BaseQueued, IngestionEvent, LeftoversDue
from voicehelper.observability.traces import began, ended, labels
from voicehelper.shapes.document_ref import SourceFile

PROCESS: Final = "process_document"
MAX_STARTS_PER_MESSAGE: Final = 50  # some three seconds, as ten messages may share one call of 29
# While documents of a base wait, one message looks after them, should the end of all others have gone unheard.
WATCH_DELAY_S: Final = 120
# Longer than any call that queues documents can run.
CRASH_RECOVERY_DELAY_S: Final = 60


def announce_before_commit(uploads: Queue, queued: BaseQueued) -> None:
    """In case the caller crashes between its commit and ``announce``: a delayed message starts the queued documents."""
    uploads.send(queued.model_dump(mode="json"), delay_s=CRASH_RECOVERY_DELAY_S)


def announce(uploads: Queue, queued: BaseQueued) -> None:
    uploads.send(queued.model_dump(mode="json"))


def start_for_message(
    message: str,
    *,
    database: Database,
    ingestions: Executions,
    uploads: Queue,
    at_once: int,
    max_starts: int = MAX_STARTS_PER_MESSAGE,
) -> None:
    """Handle an S3 event of an upload, or ``BaseQueued``. ``at_once`` attempts of all tenants run at the same time."""
    bases = [BaseQueued.model_validate_json(message)] if "kb_id" in json.loads(message) else []
    bases += [
        BaseQueued(tenant_id=file.ref.tenant_id, kb_id=file.ref.kb_id)
        for file in uploaded_files(message)
        if _queue_uploaded(file, database=database, ingestions=ingestions)
    ]
    turn = _Turn(database, ingestions, uploads, at_once, max_starts)
    for base in dict.fromkeys(bases):
        turn.give(base)


def _queue_uploaded(file: SourceFile, *, database: Database, ingestions: Executions) -> bool:
    """Whether the attempt of this upload is queued; not for a deleted document, an ended attempt, an outdated file."""
    with database.transaction(file.ref.tenant_id) as tx:
        current = store.current_attempt(tx, file.ref.document_id)
        if current is None or current.status != "processing" or not current.reads(file.attempt):
            return False
        if current.stage == "awaiting_upload":
            store.queue_file(tx, current)
        elif current.stage != "queued":
            _resume(tx, current, ingestions)
            return False
    return True


def _resume(tx: Transaction, current: store.Attempt, ingestions: Executions) -> None:
    """A repeated event of an attempt that was begun.

    If its execution ended without recording a result (not on AWS, where its status change fails the document), the
    next attempt continues, on the same turn.
    """
    event = current.event()
    if not start(event, ingestions) and ingestions.status(event.execution_name) != RUNNING:
        following = start_next(event, ingestions)
        store.begin_attempt(tx, following)
        turns.take(tx, [following])


class _Turn:
    """Starts queued documents of one base after the other."""

    def __init__(
        self, database: Database, ingestions: Executions, uploads: Queue, at_once: int, max_starts: int
    ) -> None:
        self._database, self._ingestions, self._uploads = database, ingestions, uploads
        self._at_once, self._max_starts = at_once, max_starts

    def give(self, base: BaseQueued) -> None:
        """Start as many of its documents as have a turn; the rest waits for the end of others.

        Executions start before the commit: after a crash in between, the next message finds them running.
        """
        with self._database.transaction(base.tenant_id) as tx:
            free = turns.free_turns(tx, at_once=self._at_once)
            limit = min(free, self._max_starts)
            due = store.queued_attempts(tx, base.kb_id, limit=limit + 1)
            started = [self._start(tx, event) for event in due[:limit]]
            turns.take(tx, started)
            store.show_started(tx, started)
            waits = len(due) > limit
            self._keep_in_mind(tx, base, waits=waits)
            other = turns.next_base(tx) if free > len(started) else None
        if other:
            announce(self._uploads, other)

    def _start(self, tx: Transaction, event: IngestionEvent) -> IngestionEvent:
        if start(event, self._ingestions) or self._ingestions.status(event.execution_name) == RUNNING:
            return event
        following = start_next(event, self._ingestions)
        store.begin_attempt(tx, following)
        return following

    def _keep_in_mind(self, tx: Transaction, base: BaseQueued, *, waits: bool) -> None:
        """One message at a time watches over a base that waits, sent before the commit, so that none is forgotten."""
        if not waits:
            turns.leave(tx, base.kb_id)
            return
        waiting = turns.wait(tx, base.kb_id)
        if waiting.is_new or base.watches == waiting.began:
            watch = base.model_copy(update={"watches": waiting.began})
            self._uploads.send(watch.model_dump(mode="json"), delay_s=WATCH_DELAY_S)


@contextlib.contextmanager
def ending(event: IngestionEvent, *, database: Database, uploads: Queue) -> Iterator[Transaction]:
    """A transaction in which the attempt ends; afterwards its turn goes to the base that waits the longest.

    What attempts before it have left is deleted later, so that reading a file again and again takes no more room.
    """
    with database.transaction(event.tenant_id) as tx:
        yield tx
        turns.end(tx, event)
        following = turns.next_base(tx)
    if following:
        announce(uploads, following)
    if event.attempt > 1:
        uploads.send(_leftovers_of(event).model_dump(mode="json"))


def _leftovers_of(event: IngestionEvent) -> LeftoversDue:
    return LeftoversDue(
        tenant_id=event.tenant_id, kb_id=event.kb_id, document_id=event.document_id, attempt=event.attempt
    )


def start_next(event: IngestionEvent, ingestions: Executions) -> IngestionEvent:
    """Start attempt n + 1, or a later one where an execution of that name has ended unrecorded."""
    while True:
        event = event.model_copy(update={"attempt": event.attempt + 1})
        if start(event, ingestions) or ingestions.status(event.execution_name) == RUNNING:
            return event


def start(event: IngestionEvent, ingestions: Executions) -> bool:
    """False if this attempt was started before."""
    event = event.model_copy(update={"began_at": time.time()})
    with began(PROCESS, event.execution_name, event.began_at, **document_marks(event)):
        return ingestions.start(event.execution_name, event.model_dump_json())


def end_span(event: IngestionEvent, *, failed: bool = False) -> None:
    """The attempt's span, which the last step of its execution ends."""
    ended(PROCESS, event.execution_name, event.began_at, failed=failed, **document_marks(event))


def document_marks(event: IngestionEvent) -> dict[str, Any]:
    ids = labels(tenant=event.tenant_id, base=event.kb_id, document=event.document_id)
    return {**ids, "document.id": event.document_id, "attempt": event.attempt}
