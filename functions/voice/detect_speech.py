"""POST /api/v1/voice/vad"""

from fastapi import APIRouter
from voicehelper.entry.audio import RecordingBody, content_of
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.errors import PayloadTooLargeError
from voicehelper.voice import listening
from voicehelper.voice.errors import AudioTooLongError, AudioUnreadableError, EmptyRecordingError
from voicehelper.voice.models import VoiceActivity

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/voice/vad",
    summary="Where in a recording somebody speaks.",
    responses=errors(PayloadTooLargeError, EmptyRecordingError, AudioUnreadableError, AudioTooLongError),
)
def detect_speech(form: RecordingBody) -> VoiceActivity:
    return listening.detect_speech(content_of(form))


handler = lambda_handler(router)
