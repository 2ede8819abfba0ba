"""PUT /api/v1/knowledge/bases/{kb_id}/access: replaces the visibility and every grant at once"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.rights import RightMissingError
from voicehelper.knowledge import access
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.put(
    "/knowledge/bases/{kb_id}/access",
    response_model_exclude_none=True,
    summary="Replace who may read, write and manage a knowledge base.",
    responses=errors(KnowledgeBaseNotFoundError, RightMissingError, access.GranteeNotFoundError),
)
def put_access(kb_id: KnowledgeBaseId, wanted: access.Access, database: DatabaseDep) -> access.Access:
    return access.put_access(database, kb_id, wanted)


handler = lambda_handler(router)
