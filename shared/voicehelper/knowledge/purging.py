"""Deletes the objects and rows of deleted documents and bases, and what ended attempts have left of living ones.

Entry: ``purge``, called by the function of its name. Objects are deleted before the row, so that a
repeated call continues where the last one stopped.
"""

from __future__ import annotations

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.ingestion import store as ingestion_store
from voicehelper.ingestion.events import LeftoversDue, PurgeRequested
from voicehelper.ingestion.leftovers import leftovers
from voicehelper.knowledge import store
from voicehelper.shapes.document_ref import DocumentRef, base_prefix


def purge(request: PurgeRequested | LeftoversDue, *, database: Database, content: ContentStore) -> None:
    if isinstance(request, LeftoversDue):
        _drop_leftovers(request, database, content)
        return
    if request.document_id:
        content.delete_prefix(DocumentRef(request.tenant_id, request.kb_id, request.document_id).prefix)
    else:
        content.delete_prefix(base_prefix(request.tenant_id, request.kb_id))
    with database.transaction(request.tenant_id) as tx:
        if request.document_id:
            ingestion_store.delete_row(tx, request.document_id)
        else:
            store.delete_base_row(tx, request.kb_id)


def _drop_leftovers(request: LeftoversDue, database: Database, content: ContentStore) -> None:
    """The row is locked meanwhile: no attempt begins, which might read what goes."""
    with database.transaction(request.tenant_id) as tx:
        current = ingestion_store.current_attempt(tx, request.document_id)
        if current and current.attempt == request.attempt and current.status != "processing":
            content.delete(leftovers(current, content.stored(current.ref.prefix)))
