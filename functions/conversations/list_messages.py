"""GET /api/v1/conversations/{conversation_id}/messages?limit=&before_id="""

from typing import Annotated

from fastapi import APIRouter, Query
from voicehelper.conversations import service
from voicehelper.conversations.models import MessagePage
from voicehelper.conversations.store import ConversationNotFoundError
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.links import LinkMakerDep
from voicehelper.shapes.id_types import ConversationId, MessageId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get(
    "/conversations/{conversation_id}/messages",
    summary="The messages of a conversation, newest first.",
    responses=errors(ConversationNotFoundError),
)
def list_messages(
    conversation_id: ConversationId,
    caller: CurrentCaller,
    database: DatabaseDep,
    make_url: LinkMakerDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before_id: MessageId | None = None,
) -> MessagePage:
    return service.list_messages(
        database, conversation_id, owner_id=caller.user_id, limit=limit, before_id=before_id, make_url=make_url
    )


handler = lambda_handler(router)
