"""POST /api/v1/knowledge/bases (KB-1)"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import store
from voicehelper.knowledge.models import KnowledgeBase, NewKnowledgeBase
from voicehelper.models.configured import embedding_model
from voicehelper.shapes.ids import new_id

router = APIRouter()


@router.post("/knowledge/bases", status_code=201)
def create_base(new: NewKnowledgeBase, database: DatabaseDep) -> KnowledgeBase:
    with database.transaction() as conn:
        return store.insert_base(conn, new_id(), new, tenant_id=database.tenant_id, embedding_model=embedding_model())


handler = lambda_handler(router)
