"""From a request to a model: ``Routed`` names one for each question, ``NamedModels`` calls the named one.

``factory`` builds both. A function that has others called for it names the model, and the called function calls it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.catalogue import ChatModel, Priority
from voicehelper.models.protocols import Chat, ChatCompletion, ChatRequest, Deadline
from voicehelper.models.selection import select_model
from voicehelper.text.tokens import approximate_tokens


@dataclass(frozen=True, slots=True)
class Routed:
    """Selects a model of the table for each request that names none of them; ContextTooLongError where none fits."""

    chat: Chat
    models: Mapping[str, ChatModel]
    priority: Priority = "balanced"

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        return self.chat.complete(self._routed(request), deadline)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        return self.chat.stream(self._routed(request), deadline)

    def _routed(self, request: ChatRequest) -> ChatRequest:
        if request.model in self.models:
            return request
        question = request.question or request.messages[-1]["content"]
        name = select_model(question, context_length(request), self.priority, models=self.models)
        return replace(request, model=name)


def context_length(request: ChatRequest) -> int:
    """Tokens of the prompt and of the longest answer: both must fit into a model's context window."""
    return prompt_tokens(request) + request.max_tokens


def prompt_tokens(request: ChatRequest) -> int:
    tools = approximate_tokens(json.dumps(list(request.tools))) if request.tools else 0
    return tools + sum(approximate_tokens(message["content"]) for message in request.messages)


@dataclass(frozen=True, slots=True)
class NamedModels:
    """Calls the model that the request names, or ``default`` if it names none of them.

    The catalogue of the function that named it may be a minute older than this one's.
    """

    models: Mapping[str, Chat]
    default: str
    pictures: Chat | None = None  # the one that is shown pictures

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        return self._named(request).complete(request, deadline)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        return self._named(request).stream(request, deadline)

    def _named(self, request: ChatRequest) -> Chat:
        if request.picture:
            if self.pictures is None:
                raise UpstreamUnavailableError("the catalogue names no model for pictures")
            return self.pictures
        return self.models.get(request.model) or self.models[self.default]
