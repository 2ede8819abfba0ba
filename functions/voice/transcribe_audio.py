"""POST /api/v1/voice/asr"""

from fastapi import APIRouter
from voicehelper.entry.audio import TranscriptionBody, VoiceModelsDep, content_of
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.errors import PayloadTooLargeError
from voicehelper.models.errors import BudgetExceededError
from voicehelper.voice import errors as voice
from voicehelper.voice.listening import transcribe
from voicehelper.voice.models import Transcript

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/voice/asr",
    summary="What is said in a recording, with times.",
    responses=errors(
        PayloadTooLargeError,
        voice.EmptyRecordingError,
        voice.AudioUnreadableError,
        voice.AudioTooLongError,
        voice.NoSpeechError,
        voice.VoiceNotConfiguredError,
        BudgetExceededError,
    ),
)
def transcribe_audio(form: TranscriptionBody, database: DatabaseDep, models: VoiceModelsDep) -> Transcript:
    return transcribe(database, content_of(form), form.language, models)


handler = lambda_handler(router)
