"""POST /api/v1/conversations: the owner comes from the token, never from the body."""

from fastapi import APIRouter
from voicehelper.conversations import service
from voicehelper.conversations.models import Conversation, NewConversation
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/conversations",
    status_code=201,
    summary="Open a conversation, over one knowledge base or all of them.",
    responses=errors(KnowledgeBaseNotFoundError),
)
def create_conversation(new: NewConversation, caller: CurrentCaller, database: DatabaseDep) -> Conversation:
    return service.create_conversation(database, new, owner_id=caller.user_id)


handler = lambda_handler(router)
