"""DELETE /api/v1/knowledge/bases/{kb_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import service
from voicehelper.settings import settings
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter()


@router.delete("/knowledge/bases/{kb_id}", status_code=204)
def delete_base(kb_id: KnowledgeBaseId, database: DatabaseDep) -> None:
    service.delete_base(database, kb_id, purge_queue_url=settings().purge_queue_url)


handler = lambda_handler(router)
