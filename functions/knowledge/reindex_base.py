"""POST /api/v1/knowledge/bases/{kb_id}/reindex"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import service
from voicehelper.knowledge.models import RestartAccepted
from voicehelper.models.configured import embedding_model
from voicehelper.settings import settings
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter()


@router.post("/knowledge/bases/{kb_id}/reindex", status_code=202)
def reindex_base(kb_id: KnowledgeBaseId, database: DatabaseDep) -> RestartAccepted:
    return service.reindex_base(database, kb_id, model=embedding_model(), upload_queue_url=settings().upload_queue_url)


handler = lambda_handler(router)
