"""GET /api/v1/knowledge/bases/{kb_id}/documents"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep, PageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.index.bases import base_facts
from voicehelper.knowledge import documents_store, service
from voicehelper.knowledge.models import Document
from voicehelper.shapes.id_types import KnowledgeBaseId
from voicehelper.shapes.pages import Page

router = APIRouter()


@router.get("/knowledge/bases/{kb_id}/documents")
def list_documents(
    kb_id: KnowledgeBaseId, asked: PageDep, database: DatabaseDep, language: LanguageDep
) -> Page[Document]:
    with database.transaction() as conn:
        base_facts(conn, tenant_id=database.tenant_id, base_ids=[kb_id])
        rows, total = documents_store.list_documents(
            conn, kb_id, tenant_id=database.tenant_id, limit=asked.page_size, offset=asked.offset
        )
    return Page.of([service.document_view(row, language) for row in rows], total, asked)


handler = lambda_handler(router)
