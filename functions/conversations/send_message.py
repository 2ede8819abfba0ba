"""POST /api/v1/conversations/{conversation_id}/messages (CONV-2)"""

from fastapi import APIRouter
from voicehelper.answering.wiring import answerer
from voicehelper.conversations import service
from voicehelper.conversations.models import Message, NewMessage
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, LanguageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge.links import link_maker
from voicehelper.shapes.id_types import ConversationId

router = APIRouter()


@router.post("/conversations/{conversation_id}/messages", status_code=201)
def send_message(
    conversation_id: ConversationId,
    new: NewMessage,
    caller: CurrentCaller,
    database: DatabaseDep,
    language: LanguageDep,
) -> Message:
    turn = service.Turn(conversation_id, caller.user_id, new.content, language)
    return service.send_message(database, turn, answer=answerer(database), make_url=link_maker(caller.tenant_id))


handler = lambda_handler(router)
