"""POST /api/v1/knowledge/bases/{kb_id}/retry"""

from fastapi import APIRouter
from voicehelper.dependencies import DatabaseDep
from voicehelper.http import lambda_handler
from voicehelper.id_types import KnowledgeBaseId
from voicehelper.knowledge import service
from voicehelper.knowledge.models import RestartAccepted
from voicehelper.settings import settings

router = APIRouter()


@router.post("/knowledge/bases/{kb_id}/retry", status_code=202)
def retry_base(kb_id: KnowledgeBaseId, database: DatabaseDep) -> RestartAccepted:
    return service.retry_base(database, kb_id, upload_queue_url=settings().upload_queue_url)


handler = lambda_handler(router)
