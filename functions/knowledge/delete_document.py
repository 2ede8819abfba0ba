"""DELETE /api/v1/knowledge/documents/{document_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, UploadQueueDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import lifecycle
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.resources import chunk_index
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.delete(
    "/knowledge/documents/{document_id}",
    status_code=204,
    summary="Delete a document and the versions it superseded.",
    responses=errors(DocumentNotFoundError),
)
def delete_document(document_id: DocumentId, database: DatabaseDep, uploads: UploadQueueDep) -> None:
    lifecycle.delete_document(database, document_id, index=chunk_index(), uploads=uploads)


handler = lambda_handler(router)
