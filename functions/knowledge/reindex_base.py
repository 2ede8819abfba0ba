"""POST /api/v1/knowledge/bases/{kb_id}/reindex"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, UploadQueueDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.knowledge import lifecycle
from voicehelper.knowledge.models import RestartAccepted
from voicehelper.resources import chunk_index, embedding_model
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.post(
    "/knowledge/bases/{kb_id}/reindex",
    status_code=202,
    summary="Rebuild a knowledge base with the current embedding model.",
    responses=errors(KnowledgeBaseNotFoundError),
)
def reindex_base(kb_id: KnowledgeBaseId, database: DatabaseDep, uploads: UploadQueueDep) -> RestartAccepted:
    return lifecycle.reindex_base(database, kb_id, model=embedding_model(), index=chunk_index(), uploads=uploads)


handler = lambda_handler(router)
