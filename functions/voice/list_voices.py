"""GET /api/v1/voice/voices"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.resources import catalogue
from voicehelper.voice import speaking
from voicehelper.voice.calls import configured_speech
from voicehelper.voice.errors import VoiceNotConfiguredError
from voicehelper.voice.models import VoiceList

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get("/voice/voices", summary="The voices that speak here.", responses=errors(VoiceNotConfiguredError))
def list_voices() -> VoiceList:
    return speaking.list_voices(configured_speech(catalogue()))


handler = lambda_handler(router)
