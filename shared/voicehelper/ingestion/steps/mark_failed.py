"""Records the failure of an attempt, with a code that has a message for users."""

from __future__ import annotations

from voicehelper.adapters.database import Database
from voicehelper.ingestion import store
from voicehelper.ingestion.events import IngestionEvent, IngestionFailed
from voicehelper.ingestion.failures import failure_code


def mark_failed(event: IngestionFailed, *, database: Database) -> IngestionEvent:
    with database.transaction(event.tenant_id) as tx:
        store.fail(tx, event, code=failure_code(event.error))
    return IngestionEvent(**event.model_dump(exclude={"error"}))
