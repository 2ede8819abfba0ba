"""Marks the document as indexed if the index has all its chunks and vectors; a new version already is."""

from __future__ import annotations

from voicehelper.adapters.database import Database
from voicehelper.index.protocol import IndexBackend
from voicehelper.ingestion import store, versions
from voicehelper.ingestion.events import IngestionEvent


def finish_document(event: IngestionEvent, *, database: Database, index: IndexBackend) -> IngestionEvent:
    with database.transaction(event.tenant_id) as tx:
        if not versions.is_finished(tx, event):
            document, opened = store.claim(tx, event, stage="finishing"), index.open(tx)
            if not versions.end_if_superseded(tx, event, opened, is_superseded=document.is_superseded):
                versions.publish(tx, event, opened)
    return event
