"""DELETE /api/v1/knowledge/bases/{kb_id}"""

from fastapi import APIRouter
from voicehelper.dependencies import DatabaseDep
from voicehelper.http import lambda_handler
from voicehelper.id_types import KnowledgeBaseId
from voicehelper.knowledge import service
from voicehelper.settings import settings

router = APIRouter()


@router.delete("/knowledge/bases/{kb_id}", status_code=204)
def delete_base(kb_id: KnowledgeBaseId, database: DatabaseDep) -> None:
    service.delete_base(database, kb_id, purge_queue_url=settings().purge_queue_url)


handler = lambda_handler(router)
