"""POST /api/v1/auth/switch: a session of its own; the present one goes on"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity.models import SignedIn
from voicehelper.identity.sessions import SessionRef
from voicehelper.identity.tokens import InvalidTokenError
from voicehelper.members import workspaces
from voicehelper.members.models import Switch
from voicehelper.members.own import WorkspaceNotFoundError
from voicehelper.resources import signing_keys

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.post(
    "/auth/switch",
    summary="Tokens for another workspace that you are a member of.",
    responses=errors(InvalidTokenError, WorkspaceNotFoundError),
)
def switch_workspace(wanted: Switch, caller: CurrentCaller, database: SystemDatabaseDep) -> SignedIn:
    session = SessionRef(caller.user_id, caller.family_id)
    return workspaces.switch(database, signing_keys(), wanted.workspace_id, session=session)


handler = lambda_handler(router)
