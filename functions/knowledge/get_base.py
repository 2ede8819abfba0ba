"""GET /api/v1/knowledge/bases/{kb_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.knowledge import store
from voicehelper.knowledge.models import KnowledgeBaseDetails
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask", "retrieve")])


@router.get(
    "/knowledge/bases/{kb_id}",
    summary="One knowledge base, with its counts.",
    responses=errors(KnowledgeBaseNotFoundError),
)
def get_base(kb_id: KnowledgeBaseId, database: DatabaseDep) -> KnowledgeBaseDetails:
    with database.transaction() as tx:
        return store.get_base(tx, kb_id)


handler = lambda_handler(router)
