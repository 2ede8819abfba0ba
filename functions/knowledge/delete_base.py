"""DELETE /api/v1/knowledge/bases/{kb_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, UploadQueueDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.knowledge import lifecycle
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.delete(
    "/knowledge/bases/{kb_id}",
    status_code=204,
    summary="Delete a knowledge base and all its documents.",
    responses=errors(KnowledgeBaseNotFoundError),
)
def delete_base(kb_id: KnowledgeBaseId, database: DatabaseDep, uploads: UploadQueueDep) -> None:
    lifecycle.delete_base(database, kb_id, uploads=uploads)


handler = lambda_handler(router)
