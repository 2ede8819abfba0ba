"""GET /api/v1/knowledge/bases/{kb_id}/access"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.rights import RightMissingError
from voicehelper.knowledge import access
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.get(
    "/knowledge/bases/{kb_id}/access",
    response_model_exclude_none=True,
    summary="Who may read, write and manage a knowledge base; for those who manage it.",
    responses=errors(KnowledgeBaseNotFoundError, RightMissingError),
)
def get_access(kb_id: KnowledgeBaseId, database: DatabaseDep) -> access.Access:
    return access.get_access(database, kb_id)


handler = lambda_handler(router)
