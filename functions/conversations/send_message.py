"""POST /api/v1/conversations/{conversation_id}/messages"""

from fastapi import APIRouter
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.conversations import service
from voicehelper.conversations.models import Message, NewMessage
from voicehelper.conversations.store import ConversationNotFoundError
from voicehelper.entry.answers import AnswerDep
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.links import LinkMakerDep
from voicehelper.models.errors import BudgetExceededError, ContextTooLongError
from voicehelper.shapes.id_types import ConversationId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    summary="Ask in a conversation; the answer knows what was said before.",
    responses=errors(ConversationNotFoundError, EmbeddingModelMismatchError, ContextTooLongError, BudgetExceededError),
)
def send_message(
    conversation_id: ConversationId,
    new: NewMessage,
    caller: CurrentCaller,
    database: DatabaseDep,
    language: LanguageDep,
    answer: AnswerDep,
    make_url: LinkMakerDep,
) -> Message:
    turn = service.Turn(conversation_id, caller.user_id, new.content, language)
    return service.send_message(database, turn, answer=answer, make_url=make_url)


handler = lambda_handler(router)
