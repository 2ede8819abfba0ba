"""Responses in OpenAI's schema (https://platform.openai.com/docs/api-reference)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class ProtocolModel(BaseModel):
    id: Annotated[str, Field(examples=["kb:manuals"])]
    object: Literal["model"] = "model"
    created: Annotated[int, Field(description="Unix seconds.")]
    owned_by: str = "voicehelper"


class ProtocolModels(BaseModel):
    object: Literal["list"] = "list"
    data: list[ProtocolModel]


class UrlCitation(BaseModel):
    """``start_index`` and ``end_index`` are those of the mark [n] in the text, the end not included."""

    start_index: int
    end_index: int
    url: Annotated[str, Field(description="Opens the document at its page, without a token, for one hour.")]
    title: str


class Annotation(BaseModel):
    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class CompletionMessage(BaseModel):
    role: Literal["assistant"] = "assistant"
    content: Annotated[str, Field(description="The answer with marks [1], [2] …, or a refusal in words.")]
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    index: int = 0
    message: CompletionMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class CompletionUsage(BaseModel):
    """As the model reported it; without one, by the count that the product bounds texts with."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: Annotated[int, Field(description="Unix seconds.")]
    model: str
    choices: list[Choice]
    usage: CompletionUsage
