"""POST /api/v1/knowledge/documents/{document_id}/restore"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import ContentDep, DatabaseDep, LanguageDep, UploadQueueDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import lifecycle
from voicehelper.knowledge.models import UploadAccepted
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.knowledge.uploads import upload_accepted
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.post(
    "/knowledge/documents/{document_id}/restore",
    status_code=202,
    summary="Make a superseded version current again.",
    responses=errors(DocumentNotFoundError, lifecycle.DocumentCurrentError, lifecycle.DocumentNotRetryableError),
)
def restore_version(
    document_id: DocumentId,
    database: DatabaseDep,
    content: ContentDep,
    uploads: UploadQueueDep,
    language: LanguageDep,
) -> UploadAccepted:
    lifecycle.restore_version(database, document_id, content=content, uploads=uploads)
    return upload_accepted(document_id, language)


handler = lambda_handler(router)
