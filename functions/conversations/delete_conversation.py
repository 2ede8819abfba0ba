"""DELETE /api/v1/conversations/{conversation_id}"""

from fastapi import APIRouter
from voicehelper.conversations import store
from voicehelper.conversations.store import ConversationNotFoundError
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.shapes.id_types import ConversationId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.delete(
    "/conversations/{conversation_id}",
    status_code=204,
    summary="Delete a conversation and its messages.",
    responses=errors(ConversationNotFoundError),
)
def delete_conversation(conversation_id: ConversationId, caller: CurrentCaller, database: DatabaseDep) -> None:
    with database.transaction() as tx:
        store.delete_conversation(tx, conversation_id, owner_id=caller.user_id)


handler = lambda_handler(router)
