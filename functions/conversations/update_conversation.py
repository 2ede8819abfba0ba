"""PATCH /api/v1/conversations/{conversation_id}"""

from fastapi import APIRouter
from voicehelper.conversations import store
from voicehelper.conversations.models import ConversationChange, ConversationDetails
from voicehelper.conversations.store import ConversationNotFoundError
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.shapes.id_types import ConversationId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.patch(
    "/conversations/{conversation_id}",
    summary="Give a conversation another title.",
    responses=errors(ConversationNotFoundError),
)
def update_conversation(
    conversation_id: ConversationId, change: ConversationChange, caller: CurrentCaller, database: DatabaseDep
) -> ConversationDetails:
    with database.transaction() as tx:
        return store.update_conversation(tx, conversation_id, change, owner_id=caller.user_id)


handler = lambda_handler(router)
