"""POST /api/v1/knowledge/bases"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_EDITOR, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity.audit import record
from voicehelper.knowledge import store
from voicehelper.knowledge.models import KnowledgeBase, NewKnowledgeBase
from voicehelper.resources import embedding_model
from voicehelper.shapes.ids import new_id, show

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write"), NEEDS_EDITOR])


@router.post(
    "/knowledge/bases",
    status_code=201,
    summary="Create a knowledge base.",
    responses=errors(store.KnowledgeBaseNameTakenError),
)
def create_base(new: NewKnowledgeBase, database: DatabaseDep) -> KnowledgeBase:
    with database.transaction() as tx:
        base = store.insert_base(tx, new_id(), new, embedding_model=embedding_model())
        record(tx, "base.created", show("kb", base.id))
        return base


handler = lambda_handler(router)
