"""POST /api/v1/knowledge/bases/{kb_id}/retry"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import service
from voicehelper.knowledge.models import RestartAccepted
from voicehelper.settings import settings
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter()


@router.post("/knowledge/bases/{kb_id}/retry", status_code=202)
def retry_base(kb_id: KnowledgeBaseId, database: DatabaseDep) -> RestartAccepted:
    return service.retry_base(database, kb_id, upload_queue_url=settings().upload_queue_url)


handler = lambda_handler(router)
