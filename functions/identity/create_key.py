"""POST /api/v1/keys: an API key of the caller, whose text is shown this once"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, DatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity.api_keys import service
from voicehelper.identity.api_keys.models import CreatedKey, NewKey
from voicehelper.identity.scopes import ScopeMissingError
from voicehelper.identity_resources import key_table
from voicehelper.index.bases import KnowledgeBaseNotFoundError, read_bases

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.post(
    "/keys",
    status_code=201,
    summary="Make an API key, for some or all of the bases that you see.",
    responses=errors(ScopeMissingError, KnowledgeBaseNotFoundError),
)
def create_key(new: NewKey, caller: CurrentCaller, database: DatabaseDep) -> CreatedKey:
    with database.transaction() as tx:
        read_bases(tx, new.bases)  # all of them are seen
        return service.create_key(tx, key_table(), new, user_id=caller.user_id)


handler = lambda_handler(router)
