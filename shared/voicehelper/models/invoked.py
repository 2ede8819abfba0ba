"""Hosted models in a function of their own: ``answer_call`` is that function, ``Invoked…`` are what its callers see.

Functions beside the database have no way to providers on the IPv4 internet, and need none: the one function that calls
models stands outside the network and is the only one for questions that reads the providers' keys.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel, Field

from voicehelper.models.protocols import (
    RERANK_WITHIN_S,
    Chat,
    ChatCompletion,
    ChatRequest,
    Deadline,
    Embedder,
    Provider,
    Reranker,
    ToolRequest,
    Vector,
    of_model,
)
from voicehelper.models.speech import SpeechCall, SpeechReply
from voicehelper.observability.traces import note

Invoke = Callable[..., dict[str, Any]]
# The way to the function and back, and its start: less than this is left of a deadline, and the call is not begun.
_WAY_S: Final = 0.5
_EMBED_WITHIN_S: Final = 8.0
_EMBED_PASSAGES_WITHIN_S: Final = 20.0
_PASSAGES_A_CALL: Final = 64  # whose vectors, of 3,072 dimensions each, are below the 6 MB of an answer


class ModelCall(BaseModel):
    """What the function is asked: a reply to ``messages`` within ``within_s`` seconds, the vector of ``text`` as a
    question, those of ``texts`` as passages, or how relevant each of ``texts`` is to ``text``. Of vectors, ``model`` is
    the one that the caller compares with.
    """

    log_keys: ClassVar[tuple[str, ...]] = ("task",)

    task: Literal["complete", "embed", "embed_passages", "rerank", "speech"]
    messages: list[dict[str, str]] = []
    max_tokens: int = Field(default=1, ge=1)
    temperature: float = 0.0
    model: str = ""
    question: str = ""
    tenant: str = ""
    use_cache: bool = True
    within_s: float = Field(default=0.0, le=30.0)
    text: str = ""
    texts: list[str] = []
    tools: list[dict[str, Any]] = []
    tool_choice: str = ""
    speech: SpeechCall | None = None
    picture: str = ""


class ModelReply(BaseModel):
    """A ``ChatCompletion``, a vector, several, scores, or what was heard or spoken."""

    content: str = ""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    provider: Provider = "primary"
    cost_usd: float = 0.0
    vector: list[float] = []
    vectors: list[list[float]] = []
    scores: list[float] = []
    calls: tuple[ToolRequest, ...] = ()
    speech: SpeechReply | None = None


def answer_call(
    call: ModelCall,
    *,
    chat: Callable[[], Chat | None],
    embedder: Callable[[], Embedder],
    reranker: Callable[[], Reranker] | None = None,
    speech: Callable[[SpeechCall], SpeechReply] | None = None,
) -> ModelReply:
    if call.speech is not None:
        if speech is None:
            raise LookupError("no models of speech are configured")
        return ModelReply(speech=speech(call.speech))
    if call.task == "embed":
        return ModelReply(vector=list(_embedder_of(call, embedder).embed_query(call.text)))
    if call.task == "embed_passages":
        return ModelReply(vectors=list(map(list, _embedder_of(call, embedder).embed_passages(call.texts))))
    if call.task == "rerank":
        if reranker is None:
            raise LookupError("no model for reranking is configured")
        return ModelReply(scores=reranker().relevance(call.text, call.texts))
    if (model := chat()) is None:
        raise LookupError("no chat model is configured")
    request = ChatRequest(**call.model_dump(exclude={"task", "within_s", "text", "texts", "speech"}))
    completion = model.complete(request, Deadline(time.monotonic() + call.within_s))
    note(model=completion.model, provider=completion.provider, tokens=completion.tokens, cost_usd=completion.cost_usd)
    return ModelReply(**asdict(completion))


def _embedder_of(call: ModelCall, embedder: Callable[[], Embedder]) -> Embedder:
    """A caller from before calls named their model gets what the catalogue names."""
    return of_model(embedder(), call.model) if call.model else embedder()


def _plain(mappings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(mapping) for mapping in mappings]


@dataclass(frozen=True, slots=True)
class InvokedChat:
    """Implements ``Chat``."""

    invoke: Invoke

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        within_s = max(0.0, deadline.remaining() - _WAY_S)
        call = ModelCall(
            task="complete",
            within_s=within_s,
            **asdict(
                replace(
                    request,
                    messages=list(map(dict, request.messages)),
                    tools=list(map(dict, request.tools)),
                    viewer=None,  # budgets are asked before
                )
            ),
        )
        reply = ModelReply.model_validate(self.invoke(call.model_dump(), timeout_s=within_s + _WAY_S))
        return ChatCompletion(
            **reply.model_dump(exclude={"vector", "vectors", "scores", "calls", "speech"}), calls=reply.calls
        )

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """In one piece: a function's result arrives whole."""
        completion = self.complete(request, deadline)
        yield from (completion.content, completion)


@dataclass(slots=True)
class InvokedEmbedder:
    """Implements ``Embedder``, for functions beside the database; the pipeline's step stands outside the network."""

    invoke: Invoke
    model: str
    dimensions: int

    def embed_query(self, text: str) -> Vector:
        call = ModelCall(task="embed", text=text, model=self.model)
        return ModelReply.model_validate(self.invoke(call.model_dump(), timeout_s=_EMBED_WITHIN_S)).vector

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        starts = range(0, len(texts), _PASSAGES_A_CALL)
        return [vector for start in starts for vector in self._embed(texts[start : start + _PASSAGES_A_CALL])]

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        call = ModelCall(task="embed_passages", texts=list(texts), model=self.model)
        return ModelReply.model_validate(self.invoke(call.model_dump(), timeout_s=_EMBED_PASSAGES_WITHIN_S)).vectors


@dataclass(frozen=True, slots=True)
class InvokedReranker:
    """Implements ``Reranker``."""

    invoke: Invoke

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        call = ModelCall(task="rerank", text=query, texts=list(texts))
        reply = ModelReply.model_validate(self.invoke(call.model_dump(), timeout_s=RERANK_WITHIN_S + _WAY_S))
        return reply.scores
