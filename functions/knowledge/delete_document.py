"""DELETE /api/v1/knowledge/documents/{document_id} (KB-9)"""

from fastapi import APIRouter
from voicehelper.dependencies import DatabaseDep
from voicehelper.http import lambda_handler
from voicehelper.id_types import DocumentId
from voicehelper.knowledge import service
from voicehelper.settings import settings

router = APIRouter()


@router.delete("/knowledge/documents/{document_id}", status_code=204)
def delete_document(document_id: DocumentId, database: DatabaseDep) -> None:
    service.delete_document(database, document_id, purge_queue_url=settings().purge_queue_url)


handler = lambda_handler(router)
