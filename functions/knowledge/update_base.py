"""PATCH /api/v1/knowledge/bases/{kb_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.knowledge import changes
from voicehelper.knowledge.models import KnowledgeBaseChange, KnowledgeBaseDetails
from voicehelper.knowledge.store import KnowledgeBaseNameTakenError
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.patch(
    "/knowledge/bases/{kb_id}",
    summary="Change the name, the display name or the description of a knowledge base.",
    responses=errors(KnowledgeBaseNotFoundError, KnowledgeBaseNameTakenError),
)
def update_base(kb_id: KnowledgeBaseId, change: KnowledgeBaseChange, database: DatabaseDep) -> KnowledgeBaseDetails:
    with database.transaction() as tx:
        return changes.update_base(tx, kb_id, change)


handler = lambda_handler(router)
