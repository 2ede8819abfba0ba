"""GET /api/v1/knowledge/documents/{document_id}/status"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import store
from voicehelper.knowledge.models import DocumentProgress
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.knowledge.views import document_status
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.get(
    "/knowledge/documents/{document_id}/status",
    response_model_exclude_none=True,
    summary="How far a document is.",
    responses=errors(DocumentNotFoundError),
)
def get_document_status(document_id: DocumentId, database: DatabaseDep, language: LanguageDep) -> DocumentProgress:
    with database.transaction() as tx:
        row = store.get_document(tx, document_id)
    return document_status(row, language)


handler = lambda_handler(router)
