"""GET /api/v1/conversations/{conversation_id}/messages?limit=&before_id= (CONV-4)"""

from typing import Annotated

from fastapi import APIRouter, Query
from voicehelper.conversations import service
from voicehelper.conversations.models import MessagePage
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge.links import link_maker
from voicehelper.shapes.id_types import ConversationId, MessageId

router = APIRouter()


@router.get("/conversations/{conversation_id}/messages")
def list_messages(
    conversation_id: ConversationId,
    caller: CurrentCaller,
    database: DatabaseDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before_id: MessageId | None = None,
) -> MessagePage:
    return service.list_messages(
        database,
        conversation_id,
        owner_id=caller.user_id,
        limit=limit,
        before_id=before_id,
        make_url=link_maker(caller.tenant_id),
    )


handler = lambda_handler(router)
