"""The protocols of embedding and chat models, and their values; all rooms that use models import them from here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.shapes.viewer import Viewer

Vector = Any  # a one-dimensional float array or list; numpy stays out of the functions that never embed
Message = Mapping[str, str]  # {"role": …, "content": …}
Provider = Literal["primary", "fallback", "default", "cache"]
DEFAULT_PROVIDER: Final = "default"
RERANK_WITHIN_S: Final = 3.0  # of a question's time
OFFLINE_READER: Final = "offline-extractive"  # the name of the reader that answers without a chat model


class Embedder(Protocol):
    """``model`` is the name that a knowledge base stores; vectors are of unit length."""

    model: str
    dimensions: int

    def embed_query(self, text: str) -> Vector: ...

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]: ...


def of_model(embedder: Embedder, model: str) -> Embedder:
    """UpstreamUnavailableError where it is of another model than the one that the caller compares with.

    For a minute after the catalogue has changed, functions differ in what they know of it, and vectors of two models
    may be of one length, so that nobody would notice.
    """
    if embedder.model != model:
        raise UpstreamUnavailableError(f"the catalogue names {embedder.model} in place of {model}")
    return embedder


class Reranker(Protocol):
    """Reads a text together with the question."""

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        """0 … 1 for each text, within RERANK_WITHIN_S; UpstreamUnavailableError after that."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time on ``clock``'s scale, in seconds."""

    at: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        return self.at - self.clock()

    def within(self, seconds: float) -> Deadline:
        """The earlier of this deadline and the point in time ``seconds`` from now."""
        return Deadline(min(self.at, self.clock() + seconds), self.clock)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """``model`` is a name of the catalogue; empty is the deployment's own, or that which is selected for ``question``,
    by default the last message. ``tenant`` is who asks: no reply is kept for another one, nor where it is empty.
    ``viewer`` is who of the tenant, for budgets alone.
    ``tools`` are {"name", "description", "parameters": JSON schema} that the model may ask to be called; it must ask
    for the one that ``tool_choice`` names. ``picture`` is a data URL that is shown with the last message.
    """

    messages: Sequence[Message]
    max_tokens: int = 1000
    temperature: float = 0.7
    model: str = ""
    question: str = ""
    tenant: str = ""
    use_cache: bool = True
    tools: Sequence[Mapping[str, Any]] = ()
    tool_choice: str = ""
    viewer: Viewer | None = None
    picture: str = ""


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A call that a model asks for; ``arguments`` is JSON, if the model wrote any."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatCompletion:
    """``provider`` default means that no model answered and ``content`` is a fixed sentence, which must not be cached;
    ``provider`` cache that the model had answered the same before, and that nothing was paid. ``content`` may be empty
    where there are ``calls``, which a request without tools never has.
    """

    content: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    provider: Provider
    cost_usd: float
    calls: Sequence[ToolRequest] = ()

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Chat(Protocol):
    """A chat model, or a wrapper around one: budgets, caches and fallbacks have the same signature.

    Both methods raise UpstreamUnavailableError if no answer arrives before the deadline.
    """

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion: ...

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """Pieces of the content as they arrive, then the completion."""
