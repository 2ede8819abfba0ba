"""DELETE /api/v1/knowledge/documents/{document_id} (KB-9)"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import service
from voicehelper.settings import settings
from voicehelper.shapes.id_types import DocumentId

router = APIRouter()


@router.delete("/knowledge/documents/{document_id}", status_code=204)
def delete_document(document_id: DocumentId, database: DatabaseDep) -> None:
    service.delete_document(database, document_id, purge_queue_url=settings().purge_queue_url)


handler = lambda_handler(router)
