"""POST /api/v1/knowledge/documents/{document_id}/reindex"""

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
    "/knowledge/documents/{document_id}/reindex",
    status_code=202,
    summary="Read and index a document again.",
    responses=errors(DocumentNotFoundError, lifecycle.DocumentNotRetryableError, lifecycle.DocumentSupersededError),
)
def reindex_document(
    document_id: DocumentId,
    database: DatabaseDep,
    content: ContentDep,
    uploads: UploadQueueDep,
    language: LanguageDep,
) -> UploadAccepted:
    lifecycle.reindex_document(database, document_id, content=content, uploads=uploads)
    return upload_accepted(document_id, language)


handler = lambda_handler(router)
