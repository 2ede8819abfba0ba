"""Recordings as endpoints of speech receive them, and speech as they return it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Form, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import Field

from voicehelper import speech_resources
from voicehelper.adapters.content import ContentStore
from voicehelper.entry.answers import AnswerDep
from voicehelper.entry.dependencies import ContentDep, CurrentCaller, LanguageDep
from voicehelper.entry.links import LinkMakerDep
from voicehelper.errors import PayloadTooLargeError
from voicehelper.models.speech import MEDIA_TYPES, Format
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import ConversationId, KnowledgeBaseId
from voicehelper.voice.calls import VoiceModels
from voicehelper.voice.errors import EmptyRecordingError
from voicehelper.voice.models import Language, VoiceName
from voicehelper.voice.speaking import Spoken
from voicehelper.voice.turns import LINK_LIFE_S, SpokenQuestion, TurnTools

# Lambda takes 6 MB of request, base64 included. Five minutes of Opus, as browsers record it, are 1 to 4 MB.
MAX_RECORDING_BYTES: Final = 4_500_000


class RecordingForm(Body):
    file: Annotated[UploadFile, Field(description="WebM, MP4, Ogg, MP3, FLAC or WAV; up to 4.5 MB and 300 s.")]


class TranscriptionForm(RecordingForm):
    language: Annotated[Language, Field(description="What is spoken; auto lets the recogniser find out.")] = "auto"


class TurnForm(TranscriptionForm):
    """One of ``kb_id`` and ``conversation_id``."""

    kb_id: Annotated[KnowledgeBaseId | None, Field(description="The base that is asked.")] = None
    conversation_id: Annotated[ConversationId | None, Field(description="The conversation that goes on.")] = None
    voice: Annotated[VoiceName, Field(description="Of the answer; by default one of its language.")] = ""
    format: Annotated[Format, Field(description="Of the answer.")] = "mp3"


_MULTIPART: Final = Form(media_type="multipart/form-data")
RecordingBody = Annotated[RecordingForm, _MULTIPART]
TranscriptionBody = Annotated[TranscriptionForm, _MULTIPART]
TurnBody = Annotated[TurnForm, _MULTIPART]


def content_of(form: RecordingForm) -> bytes:
    """PayloadTooLargeError and EmptyRecordingError; what is in the file is judged where it is opened."""
    content = form.file.file.read(MAX_RECORDING_BYTES + 1)
    if len(content) > MAX_RECORDING_BYTES:
        raise PayloadTooLargeError(details={"max_bytes": MAX_RECORDING_BYTES})
    if not content:
        raise EmptyRecordingError
    return content


VoiceModelsDep = Annotated[VoiceModels, Depends(speech_resources.voice_models)]


def spoken_question(form: TurnBody, caller: CurrentCaller, tongue: LanguageDep) -> SpokenQuestion:
    return SpokenQuestion(
        content_of(form),
        caller.user_id,
        tongue,
        form.language,
        form.kb_id,
        form.conversation_id,
        form.voice,
        form.format,
    )


SpokenQuestionDep = Annotated[SpokenQuestion, Depends(spoken_question)]


def turn_tools(models: VoiceModelsDep, answer: AnswerDep, make_url: LinkMakerDep, content: ContentDep) -> TurnTools:
    return TurnTools(models, answer, make_url, lambda key, kind, life_s: _link(content, key, kind, life_s))


TurnToolsDep = Annotated[TurnTools, Depends(turn_tools)]


def audio_response(spoken: Spoken, content: ContentStore) -> Response:
    """The file, or where to get it."""
    headers = {"x-duration-ms": str(spoken.duration_ms), "x-provider": spoken.provider}
    kind = MEDIA_TYPES[spoken.format]
    if spoken.content:
        return Response(spoken.content, media_type=kind, headers=headers)
    return RedirectResponse(_link(content, spoken.key, kind, LINK_LIFE_S), 303, headers)


def _link(content: ContentStore, key: str, kind: str, life_s: int) -> str:
    return content.link(key, filename=key.rpartition("/")[2], content_type=kind, expires_in=life_s)


# For OpenAPI; FastAPI cannot derive it from a Response.
AUDIO_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The speech: audio/mpeg, audio/wav or audio/ogg.",
        "headers": {
            "x-duration-ms": {"description": "How long it plays.", "schema": {"type": "integer"}},
            "x-provider": {"description": "Who speaks.", "schema": {"type": "string"}},
        },
        # Of audio/mpeg, audio/wav and audio/ogg generators of clients know nothing, and leave the operation out.
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    303: {"description": "Speech that is too long for an answer: Location opens it for an hour, without a token."},
}
