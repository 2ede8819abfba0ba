"""GET /api/v1/knowledge/bases/{kb_id}/documents"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError, require_base
from voicehelper.knowledge import store
from voicehelper.knowledge.models import Document
from voicehelper.knowledge.views import document_view
from voicehelper.shapes.id_types import KnowledgeBaseId
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.get(
    "/knowledge/bases/{kb_id}/documents",
    summary="The current documents of a knowledge base, newest first.",
    responses=errors(KnowledgeBaseNotFoundError),
)
def list_documents(
    kb_id: KnowledgeBaseId, page: PageDep, database: DatabaseDep, language: LanguageDep
) -> Page[Document]:
    with database.transaction() as tx:
        require_base(tx, kb_id)
        rows = store.list_documents(tx, kb_id, limit=page.page_size, offset=page.offset)
        total = store.count_documents(tx, kb_id)
    return Page.of([document_view(row, language) for row in rows], total, page)


handler = lambda_handler(router)
