"""POST /api/v1/voice/turn"""

from fastapi import APIRouter
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.conversations.store import ConversationNotFoundError
from voicehelper.entry.audio import SpokenQuestionDep, TurnToolsDep
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.errors import PayloadTooLargeError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.models.errors import BudgetExceededError, ContextTooLongError
from voicehelper.voice import errors as voice
from voicehelper.voice import turns
from voicehelper.voice.models import SpokenTurn
from voicehelper.voice.speaking import VoiceUnknownError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/voice/turn",
    summary="A spoken question to a base or in a conversation, and its spoken answer.",
    responses=errors(
        PayloadTooLargeError,
        voice.EmptyRecordingError,
        voice.AudioUnreadableError,
        voice.AudioTooLongError,
        voice.NoSpeechError,
        voice.TurnTargetError,
        VoiceUnknownError,
        voice.VoiceNotConfiguredError,
        KnowledgeBaseNotFoundError,
        ConversationNotFoundError,
        EmbeddingModelMismatchError,
        ContextTooLongError,
        BudgetExceededError,
    ),
)
def take_turn(asked: SpokenQuestionDep, database: DatabaseDep, tools: TurnToolsDep) -> SpokenTurn:
    return turns.take_turn(database, asked, tools)


handler = lambda_handler(router)
