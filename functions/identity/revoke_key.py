"""DELETE /api/v1/keys/{key_id}: ends an API key, the caller's own or as an administrator any of the workspace"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, DatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity.api_keys import service
from voicehelper.identity.api_keys.store import KeyNotFoundError
from voicehelper.identity_resources import key_table
from voicehelper.shapes.id_types import KeyId

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.delete(
    "/keys/{key_id}",
    status_code=204,
    summary="Revoke an API key, at once for what it sees and within seconds for all calls.",
    responses=errors(KeyNotFoundError),
)
def revoke_key(key_id: KeyId, caller: CurrentCaller, database: DatabaseDep) -> None:
    with database.transaction() as tx:
        service.revoke_key(tx, key_table(), key_id, user_id=caller.user_id)


handler = lambda_handler(router)
