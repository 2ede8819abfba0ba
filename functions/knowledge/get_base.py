"""GET /api/v1/knowledge/bases/{kb_id}"""

from fastapi import APIRouter
from voicehelper.dependencies import DatabaseDep
from voicehelper.http import lambda_handler
from voicehelper.id_types import KnowledgeBaseId
from voicehelper.knowledge import store
from voicehelper.knowledge.models import KnowledgeBaseDetails

router = APIRouter()


@router.get("/knowledge/bases/{kb_id}")
def get_base(kb_id: KnowledgeBaseId, database: DatabaseDep) -> KnowledgeBaseDetails:
    with database.transaction() as conn:
        return store.get_base(conn, kb_id, tenant_id=database.tenant_id)


handler = lambda_handler(router)
