"""POST /api/v1/voice/tts"""

from fastapi import APIRouter, Response
from voicehelper.entry.audio import AUDIO_RESPONSES, VoiceModelsDep, audio_response
from voicehelper.entry.dependencies import ContentDep, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.models.errors import BudgetExceededError
from voicehelper.voice.errors import NothingToSayError, VoiceNotConfiguredError
from voicehelper.voice.models import SpeechRequest
from voicehelper.voice.speaking import SpeechTooLongError, VoiceOptionError, VoiceUnknownError, speak

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/voice/tts",
    summary="Text as speech.",
    response_class=Response,
    responses=AUDIO_RESPONSES
    | errors(
        NothingToSayError,
        SpeechTooLongError,
        VoiceOptionError,
        VoiceUnknownError,
        VoiceNotConfiguredError,
        BudgetExceededError,
    ),
)
def speak_text(request: SpeechRequest, database: DatabaseDep, models: VoiceModelsDep, content: ContentDep) -> Response:
    return audio_response(speak(database, request, models), content)


handler = lambda_handler(router)
