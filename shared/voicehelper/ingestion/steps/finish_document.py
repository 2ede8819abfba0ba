"""Marks the document as indexed if the index has all its chunks and vectors."""

from __future__ import annotations

from voicehelper.adapters.database import Database
from voicehelper.index.bases import touch_base
from voicehelper.index.protocol import IndexBackend
from voicehelper.ingestion import store
from voicehelper.ingestion.events import IngestionEvent


def finish_document(event: IngestionEvent, *, database: Database, index: IndexBackend) -> IngestionEvent:
    with database.transaction(event.tenant_id) as tx:
        store.claim(tx, event, stage="finishing")
        store.finish(tx, event, index.open(tx).count(event.ref))
        touch_base(tx, event.kb_id)
    return event
