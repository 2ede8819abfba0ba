"""GET /api/v1/knowledge/documents/{document_id}/status (KB-3, S8)"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import documents_store, service
from voicehelper.knowledge.models import DocumentStatus
from voicehelper.shapes.id_types import DocumentId

router = APIRouter()


@router.get("/knowledge/documents/{document_id}/status", response_model_exclude_none=True)
def get_document_status(document_id: DocumentId, database: DatabaseDep, language: LanguageDep) -> DocumentStatus:
    with database.transaction() as conn:
        row = documents_store.get_document(conn, document_id, tenant_id=database.tenant_id)
    return service.document_status(row, language)


handler = lambda_handler(router)
