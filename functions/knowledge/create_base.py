"""POST /api/v1/knowledge/bases (KB-1)"""

from fastapi import APIRouter
from voicehelper.dependencies import DatabaseDep
from voicehelper.http import lambda_handler
from voicehelper.ids import new_id
from voicehelper.knowledge import store
from voicehelper.knowledge.models import KnowledgeBase, NewKnowledgeBase
from voicehelper.llm.current import embedding_model

router = APIRouter()


@router.post("/knowledge/bases", status_code=201)
def create_base(new: NewKnowledgeBase, database: DatabaseDep) -> KnowledgeBase:
    with database.transaction() as conn:
        return store.insert_base(conn, new_id(), new, tenant_id=database.tenant_id, embedding_model=embedding_model())


handler = lambda_handler(router)
