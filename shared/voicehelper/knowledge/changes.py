"""What people change of a base and of a document beside its content; ``functions/knowledge`` are the callers."""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

from psycopg import errors as pg_errors
from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.index.protocol import IndexBackend
from voicehelper.index.rights import require_right
from voicehelper.ingestion import store as ingestion_store
from voicehelper.knowledge import store
from voicehelper.knowledge.models import DocumentChange, KnowledgeBaseChange, KnowledgeBaseDetails
from voicehelper.knowledge.uploads import parse_metadata
from voicehelper.shapes.document_ref import DocumentRef

_UPDATE_BASE: Final = """
    UPDATE knowledge_base
       SET name = coalesce(%(name)s, name), display_name = coalesce(%(display_name)s, display_name),
           description = coalesce(%(description)s, description)
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'active'
"""


def update_base(tx: Transaction, kb_id: UUID, change: KnowledgeBaseChange) -> KnowledgeBaseDetails:
    """KnowledgeBaseNameTakenError for the name of another base of the tenant."""
    require_right(tx, kb_id, "manage")
    given = change.model_dump(exclude_unset=True)
    values = {name: given.get(name) for name in ("name", "display_name", "description")}
    try:
        tx.run(_UPDATE_BASE, id=kb_id, **values)
    except pg_errors.UniqueViolation as error:
        raise store.KnowledgeBaseNameTakenError(change.name) from error
    return store.get_base(tx, kb_id)


_UPDATE_DOCUMENT: Final = """
    UPDATE document SET metadata = %(metadata)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""


def update_document(
    tx: Transaction, document_id: UUID, change: DocumentChange, *, index: IndexBackend
) -> store.DocumentRow:
    """The metadata of the document and of its chunks, in one transaction; MetadataInvalidError beyond its bounds."""
    document = store.get_document(tx, document_id)
    require_right(tx, document.kb_id, "write")
    if "metadata" in change.model_fields_set:
        parse_metadata(json.dumps(change.metadata, ensure_ascii=False))
        ingestion_store.current_attempt(tx, document_id)  # a step that indexes it waits, or has the chunks written
        tx.run(_UPDATE_DOCUMENT, id=document_id, metadata=Jsonb(change.metadata))
        index.open(tx).set_metadata(DocumentRef(tx.tenant_id, document.kb_id, document_id), change.metadata)
    return store.get_document(tx, document_id)
