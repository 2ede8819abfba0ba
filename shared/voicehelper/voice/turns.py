"""A spoken question and its spoken answer: ``take_turn``; ``functions/voice/take_turn.py`` calls it.

What is asked is checked before anything is paid for, and an answer that cannot be read aloud is given in writing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.adapters.deadline import ending_in, seconds_left
from voicehelper.answering.api import RagRequest, RagResponse
from voicehelper.answering.events import final_answer
from voicehelper.answering.response import MakeUrl, question_of, show_answer
from voicehelper.conversations import service, store
from voicehelper.conversations.models import Message
from voicehelper.conversations.service import Answer
from voicehelper.errors import InvalidInputError, UpstreamUnavailableError
from voicehelper.index.bases import require_base
from voicehelper.messages.language import Language as Tongue
from voicehelper.models.errors import BudgetExceededError
from voicehelper.models.speech import MEDIA_TYPES, Format
from voicehelper.observability.logs import logger
from voicehelper.voice.calls import VoiceModels
from voicehelper.voice.decoding import MAX_SECONDS
from voicehelper.voice.errors import AudioTooLongError, TurnTargetError
from voicehelper.voice.listening import transcribe
from voicehelper.voice.models import Language, SpeechRequest, SpokenTurn
from voicehelper.voice.speaking import Spoken, speak, voice_of

LINK_LIFE_S: Final = 3600
HEAR_WITHIN_S: Final = 10.0  # a turn has 29 s for all of it
SPEAK_WITHIN_S: Final = 10.0
LEAST_TO_SPEAK_S: Final = 4.0  # kept while the answer is written
MAX_QUESTION_CHARACTERS: Final = 5000
MAX_READ_ALOUD: Final = 1500  # characters of an answer; the rest is to be read
_SENTENCE_END: Final = re.compile(r"[。！？\n]|[.!?](?=\s)")


@dataclass(frozen=True, slots=True)
class SpokenQuestion:
    """To one base or in one conversation. ``tongue`` is that of refusals."""

    content: bytes
    user_id: UUID
    tongue: Tongue
    language: Language = "auto"
    kb_id: UUID | None = None
    conversation_id: UUID | None = None
    voice: str = ""
    format: Format = "mp3"


@dataclass(frozen=True, slots=True)
class TurnTools:
    """``link`` is (key, type, life in seconds) → a URL."""

    models: VoiceModels
    answer: Answer
    make_url: MakeUrl
    link: Callable[[str, str, int], str]


def take_turn(tenant: TenantDatabase, asked: SpokenQuestion, tools: TurnTools) -> SpokenTurn:
    voice_of(_request("x", asked), tools.models.speech)  # a turn without a voice is none, and is not begun
    _require_target(tenant, asked)
    heard = transcribe(tenant, asked.content, asked.language, tools.models, kb_id=asked.kb_id, within_s=HEAR_WITHIN_S)
    if len(heard.text) > MAX_QUESTION_CHARACTERS:
        raise AudioTooLongError(details={"max_seconds": MAX_SECONDS})
    with _leaving(LEAST_TO_SPEAK_S):
        answer = _answer(tenant, asked, heard.text, tools)
    text = answer.answer if isinstance(answer, RagResponse) else answer.content
    spoken = _read_aloud(tenant, asked, text, tools)
    return SpokenTurn(
        question=heard,
        answer=answer,
        audio_url=tools.link(spoken.key, MEDIA_TYPES[asked.format], LINK_LIFE_S) if spoken else None,
        audio_format=asked.format,
    )


def _leaving(seconds: float) -> contextlib.AbstractContextManager[None]:
    """What is within has this much less time than the call."""
    left_s = seconds_left()
    return contextlib.nullcontext() if left_s is None else ending_in(max(0.0, left_s - seconds))


def _require_target(tenant: TenantDatabase, asked: SpokenQuestion) -> None:
    """KnowledgeBaseNotFoundError or ConversationNotFoundError, before the recording is opened."""
    if (asked.kb_id is None) == (asked.conversation_id is None):
        raise TurnTargetError
    with tenant.transaction() as tx:
        if asked.kb_id is not None:
            require_base(tx, asked.kb_id)
        elif asked.conversation_id is not None:
            store.get_conversation(tx, asked.conversation_id, owner_id=asked.user_id)


def _answer(tenant: TenantDatabase, asked: SpokenQuestion, text: str, tools: TurnTools) -> RagResponse | Message:
    if asked.conversation_id is not None:
        turn = service.Turn(asked.conversation_id, asked.user_id, text, asked.tongue)
        return service.send_message(tenant, turn, answer=tools.answer, make_url=tools.make_url)
    request = RagRequest.model_validate({"query": text, "kb_id": asked.kb_id})
    question = question_of(request, asked.tongue)
    return show_answer(final_answer(tools.answer(question)), tools.make_url)


def _read_aloud(tenant: TenantDatabase, asked: SpokenQuestion, text: str, tools: TurnTools) -> Spoken | None:
    """None where it cannot be: the answer was paid for, and is given."""
    left_s = seconds_left()
    within_s = SPEAK_WITHIN_S if left_s is None else max(0.1, min(SPEAK_WITHIN_S, left_s))
    try:
        request = _request(beginning(text), asked)
        return speak(tenant, request, tools.models, must_store=True, kb_id=asked.kb_id, within_s=within_s)
    except (InvalidInputError, BudgetExceededError, UpstreamUnavailableError) as error:
        logger().warning("an answer was not read aloud", extra={"explanation": f"{type(error).__name__}: {error}"})
        return None


def _request(text: str, asked: SpokenQuestion) -> SpeechRequest:
    return SpeechRequest(text=text, voice=asked.voice, format=asked.format)


def beginning(text: str) -> str:
    """Whole sentences, as many as are read aloud."""
    if len(text) <= MAX_READ_ALOUD:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, MAX_READ_ALOUD)]
    return text[: ends[-1] if ends else MAX_READ_ALOUD]
