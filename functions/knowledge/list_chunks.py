"""GET /api/v1/knowledge/documents/{document_id}/chunks"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import chunk_store, store
from voicehelper.knowledge.models import ChunkView
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.shapes.id_types import DocumentId
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.get(
    "/knowledge/documents/{document_id}/chunks",
    summary="The chunks of a document in its order, with those that are not searched.",
    responses=errors(DocumentNotFoundError),
)
def list_chunks(document_id: DocumentId, page: PageDep, database: DatabaseDep) -> Page[ChunkView]:
    with database.transaction() as tx:
        store.get_document(tx, document_id)
        items = chunk_store.list_chunks(tx, document_id, limit=page.page_size, offset=page.offset)
        total = chunk_store.count_chunks(tx, document_id)
    return Page.of(items, total, page)


handler = lambda_handler(router)
