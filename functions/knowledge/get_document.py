"""GET /api/v1/knowledge/documents/{document_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import store
from voicehelper.knowledge.models import Document
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.knowledge.views import document_view
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.get(
    "/knowledge/documents/{document_id}",
    summary="One document, with its state and its warnings.",
    responses=errors(DocumentNotFoundError),
)
def get_document(document_id: DocumentId, database: DatabaseDep, language: LanguageDep) -> Document:
    with database.transaction() as tx:
        row = store.get_document(tx, document_id)
    return document_view(row, language)


handler = lambda_handler(router)
