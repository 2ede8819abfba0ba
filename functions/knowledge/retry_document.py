"""POST /api/v1/knowledge/documents/{document_id}/retry"""

from fastapi import APIRouter
from voicehelper.adapters.content import content_store
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import service
from voicehelper.knowledge.models import UploadAccepted
from voicehelper.settings import settings
from voicehelper.shapes.id_types import DocumentId

router = APIRouter()


@router.post("/knowledge/documents/{document_id}/retry", status_code=202)
def retry_document(document_id: DocumentId, database: DatabaseDep, language: LanguageDep) -> UploadAccepted:
    service.retry_document(
        database, document_id, content=content_store(), state_machine_arn=settings().ingestion_state_machine_arn
    )
    return service.accepted(document_id, language)


handler = lambda_handler(router)
