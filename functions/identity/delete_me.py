"""DELETE /api/v1/users/me: the password confirms it"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, SystemDatabaseDep, UploadQueueDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.sign_in import LimitsDep, OriginDep
from voicehelper.errors import TooManyRequestsError
from voicehelper.identity.service import InvalidCredentialsError
from voicehelper.identity_resources import ends_of_powers
from voicehelper.members import account
from voicehelper.members.roles import LastOwnerError

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.delete(
    "/users/me",
    status_code=204,
    summary="Delete your account, and the workspaces that are yours alone.",
    responses=errors(InvalidCredentialsError, LastOwnerError, TooManyRequestsError),
)
def delete_me(
    deletion: account.AccountDeletion,
    caller: CurrentCaller,
    database: SystemDatabaseDep,
    uploads: UploadQueueDep,
    origin: OriginDep,
    limits: LimitsDep,
) -> None:
    account.delete_account(
        database,
        deletion,
        user_id=caller.user_id,
        ends=ends_of_powers(),
        uploads=uploads,
        origin=origin,
        limits=limits,
    )


handler = lambda_handler(router)
