"""What endpoints of other protocols take and return: ``ChatDep`` answers a chat as a response of OpenAI's API."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Response
from fastapi.responses import JSONResponse

from voicehelper.entry.answers import AnswerDep
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep
from voicehelper.entry.links import AbsoluteLinksDep
from voicehelper.protocols.openai.chat import Chats, Stamp
from voicehelper.protocols.openai.requests import ChatBody
from voicehelper.protocols.openai.stream import MEDIA_TYPE, events_of
from voicehelper.shapes.ids import new_id

AnswerChat = Callable[[ChatBody], Response]


def chat_responses(
    database: DatabaseDep, language: LanguageDep, answer: AnswerDep, make_url: AbsoluteLinksDep
) -> AnswerChat:
    """The body of a chat → its completion as JSON, or as events."""
    chats = Chats(database, language, answer, make_url)

    def respond(body: ChatBody) -> Response:
        chat = chats(body, Stamp(f"chatcmpl-{new_id().hex}", int(time.time())))
        if body.stream:
            return Response(events_of(chat, includes_usage=body.includes_usage), media_type=MEDIA_TYPE)
        return JSONResponse(chat.completion.model_dump(mode="json"))

    return respond


ChatDep = Annotated[AnswerChat, Depends(chat_responses)]
