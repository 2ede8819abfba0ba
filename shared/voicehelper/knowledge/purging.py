"""Deletes the objects and rows of deleted documents and bases; the consumer of the purge queue calls ``purge``.

Objects are deleted before the row, so that a repeated message continues where the last one stopped.
"""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.ingestion import store as ingestion_store
from voicehelper.knowledge import store
from voicehelper.shapes.document_ref import DocumentRef, base_prefix


class PurgeRequested(BaseModel):
    """A message of the purge queue: one document, or the whole base without ``document_id``."""

    tenant_id: UUID
    kb_id: UUID
    document_id: UUID | None = None


def purge(message: str, *, database: Database, content: ContentStore) -> None:
    request = PurgeRequested.model_validate_json(message)
    if request.document_id:
        content.delete_prefix(DocumentRef(request.tenant_id, request.kb_id, request.document_id).prefix)
    else:
        content.delete_prefix(base_prefix(request.tenant_id, request.kb_id))
    with database.transaction(request.tenant_id) as tx:
        if request.document_id:
            ingestion_store.delete_row(tx, request.document_id)
        else:
            store.delete_base_row(tx, request.kb_id)
