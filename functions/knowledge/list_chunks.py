"""GET /api/v1/knowledge/documents/{document_id}/chunks"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, PageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import documents_store
from voicehelper.knowledge.models import ChunkView
from voicehelper.shapes.id_types import DocumentId
from voicehelper.shapes.pages import Page

router = APIRouter()


@router.get("/knowledge/documents/{document_id}/chunks")
def list_chunks(document_id: DocumentId, asked: PageDep, database: DatabaseDep) -> Page[ChunkView]:
    with database.transaction() as conn:
        documents_store.get_document(conn, document_id, tenant_id=database.tenant_id)
        items, total = documents_store.list_chunks(
            conn, document_id, tenant_id=database.tenant_id, limit=asked.page_size, offset=asked.offset
        )
    return Page.of(items, total, asked)


handler = lambda_handler(router)
