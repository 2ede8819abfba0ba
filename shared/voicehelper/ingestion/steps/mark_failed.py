"""Records the failure of an attempt, with a code that has a message for users, and gives its turn back.

An attempt that a newer one has taken over, or whose document was deleted, has nothing to record.
"""

from __future__ import annotations

from voicehelper.adapters.database import Database
from voicehelper.adapters.queues import Queue
from voicehelper.ingestion import store
from voicehelper.ingestion.attempts import end_span, ending
from voicehelper.ingestion.events import IngestionEvent, IngestionFailed
from voicehelper.ingestion.failures import count_failure, failure_code


def mark_failed(event: IngestionFailed, *, database: Database, uploads: Queue) -> IngestionEvent:
    code = failure_code(event.error)
    count_failure(code)
    with ending(event, database=database, uploads=uploads) as tx:
        store.fail(tx, event, code=code)
    end_span(event, failed=True)
    return IngestionEvent(**event.model_dump(exclude={"error"}))
