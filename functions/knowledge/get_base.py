"""GET /api/v1/knowledge/bases/{kb_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import store
from voicehelper.knowledge.models import KnowledgeBaseDetails
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter()


@router.get("/knowledge/bases/{kb_id}")
def get_base(kb_id: KnowledgeBaseId, database: DatabaseDep) -> KnowledgeBaseDetails:
    with database.transaction() as conn:
        return store.get_base(conn, kb_id, tenant_id=database.tenant_id)


handler = lambda_handler(router)
