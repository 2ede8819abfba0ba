"""POST /api/v1/knowledge/bases/{kb_id}/retry"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, UploadQueueDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.knowledge import lifecycle
from voicehelper.knowledge.models import RestartAccepted
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.post(
    "/knowledge/bases/{kb_id}/retry",
    status_code=202,
    summary="Retry the documents that failed for a passing reason.",
    responses=errors(KnowledgeBaseNotFoundError),
)
def retry_base(kb_id: KnowledgeBaseId, database: DatabaseDep, uploads: UploadQueueDep) -> RestartAccepted:
    return lifecycle.retry_base(database, kb_id, uploads=uploads)


handler = lambda_handler(router)
