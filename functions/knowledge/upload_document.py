"""POST /api/v1/knowledge/bases/{kb_id}/documents (KB-2, KB-7)"""

from fastapi import APIRouter
from voicehelper.adapters.content import content_store
from voicehelper.dependencies import DatabaseDep, LanguageDep
from voicehelper.http import lambda_handler
from voicehelper.id_types import KnowledgeBaseId
from voicehelper.knowledge import service
from voicehelper.knowledge.models import DirectUpload, UploadAccepted
from voicehelper.knowledge.requests import UPLOAD_BODY, UploadDep

router = APIRouter()


@router.post("/knowledge/bases/{kb_id}/documents", status_code=202, openapi_extra=UPLOAD_BODY)
def upload_document(
    kb_id: KnowledgeBaseId, upload: UploadDep, database: DatabaseDep, language: LanguageDep
) -> UploadAccepted | DirectUpload:
    return service.receive(database, content_store(), kb_id, upload, language)


handler = lambda_handler(router)
