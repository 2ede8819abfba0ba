"""What is left of a deleted document or base: objects first, the row last, so that a repetition finds the rest."""

from __future__ import annotations

import json
from uuid import UUID

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.ingestion import store as ingestion_store
from voicehelper.ingestion.events import base_prefix, document_prefix
from voicehelper.knowledge import store


def purge(message: str, *, database: Database, content: ContentStore) -> None:
    """Handle one message of the purge queue: {"tenant_id", "kb_id", "document_id" or null for the whole base}."""
    body = json.loads(message)
    tenant_id, kb_id = UUID(body["tenant_id"]), UUID(body["kb_id"])
    document_id = UUID(body["document_id"]) if body["document_id"] else None
    content.delete_prefix(
        document_prefix(tenant_id, kb_id, document_id) if document_id else base_prefix(tenant_id, kb_id)
    )
    with database.transaction(tenant_id) as conn:
        if document_id:
            ingestion_store.delete_row(conn, document_id, tenant_id=tenant_id)
        else:
            store.delete_base_row(conn, kb_id, tenant_id=tenant_id)
