"""GET /api/v1/knowledge/documents/{document_id}/versions"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import store
from voicehelper.knowledge.models import Document
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.knowledge.views import document_view
from voicehelper.shapes.id_types import DocumentId
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.get(
    "/knowledge/documents/{document_id}/versions",
    summary="All versions of a document's file, newest first.",
    responses=errors(DocumentNotFoundError),
)
def list_versions(
    document_id: DocumentId, page: PageDep, database: DatabaseDep, language: LanguageDep
) -> Page[Document]:
    with database.transaction() as tx:
        document = store.get_document(tx, document_id)
        rows = store.list_versions(tx, document, limit=page.page_size, offset=page.offset)
        total = store.count_versions(tx, document)
    return Page.of([document_view(row, language) for row in rows], total, page)


handler = lambda_handler(router)
