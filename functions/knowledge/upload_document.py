"""POST /api/v1/knowledge/bases/{kb_id}/documents (KB-2, KB-7)"""

from fastapi import APIRouter
from voicehelper.adapters.content import content_store
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import service
from voicehelper.knowledge.models import DirectUpload, UploadAccepted
from voicehelper.knowledge.requests import UPLOAD_BODY, UploadDep
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter()


@router.post("/knowledge/bases/{kb_id}/documents", status_code=202, openapi_extra=UPLOAD_BODY)
def upload_document(
    kb_id: KnowledgeBaseId, upload: UploadDep, database: DatabaseDep, language: LanguageDep
) -> UploadAccepted | DirectUpload:
    return service.receive(database, content_store(), kb_id, upload, language)


handler = lambda_handler(router)
