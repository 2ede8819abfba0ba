"""DELETE /api/v1/users/me/sessions/{session_id}: ends one sign-in of the caller, its access tokens included"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity import sessions
from voicehelper.resources import revocation_table
from voicehelper.shapes.id_types import SessionId

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.delete(
    "/users/me/sessions/{session_id}",
    status_code=204,
    summary="End one of your sessions.",
    responses=errors(sessions.SessionNotFoundError),
)
def end_session(session_id: SessionId, caller: CurrentCaller, database: SystemDatabaseDep) -> None:
    sessions.end_session(database, revocation_table(), session_id, user_id=caller.user_id)


handler = lambda_handler(router)
