"""The models of a deployment as its users see them: ``list_models``, for the endpoint of the same name.

No address and no key of a provider is among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from voicehelper.models.catalogue import Catalogue, Priority
from voicehelper.models.factory import OFFLINE_EMBEDDING
from voicehelper.models.protocols import OFFLINE_READER

BUILT_IN: Final = "built-in"
Role = Literal["chat", "fallback", "embedding"]


class ModelDetails(BaseModel):
    """Quality, latency, context and prices are what the deployment's catalogue says."""

    name: str
    role: Annotated[
        Role,
        Field(description="A chat model answers questions, a fallback those that it fails to."),
    ]
    provider: Annotated[str, Field(description="A label of the deployment, or built-in.")]
    quality: Annotated[float | None, Field(ge=0, le=1)] = None
    latency_ms: int | None = None
    context: Annotated[int | None, Field(description="Tokens of prompt and answer together.")] = None
    cost_per_1k_input_usd: float | None = None
    cost_per_1k_output_usd: float | None = None
    cost_per_1k_cached_usd: float | None = None


class ModelList(BaseModel):
    items: list[ModelDetails]
    total: int
    priority: Annotated[
        Priority | None, Field(description="By what one of several chat models is selected for a question.")
    ] = None
    built_in_reader: Annotated[bool, Field(description="Whether the built-in reader answers, without a chat model.")]


def list_models(catalogue: Catalogue | None) -> ModelList:
    """Chat models, the fallback, then the embedding; without a catalogue those that are built in."""
    items = [*_chat_models(catalogue), *_fallback(catalogue), _embedding(catalogue)]
    several = catalogue is not None and len(catalogue.used) > 1
    return ModelList(
        items=items,
        total=len(items),
        priority=catalogue.priority if catalogue and several else None,
        built_in_reader=catalogue is None or not catalogue.used,
    )


def _chat_models(catalogue: Catalogue | None) -> Iterator[ModelDetails]:
    if catalogue is None or not catalogue.used:
        yield _built_in(OFFLINE_READER, "chat")
        return
    for name in catalogue.used:
        yield _hosted(catalogue, name, "chat")


def _fallback(catalogue: Catalogue | None) -> Iterator[ModelDetails]:
    if catalogue and catalogue.used and catalogue.fallback and catalogue.fallback not in catalogue.used:
        yield _hosted(catalogue, catalogue.fallback, "fallback")


def _embedding(catalogue: Catalogue | None) -> ModelDetails:
    """A hosted embedding has no price in the catalogue."""
    if catalogue and (embedding := catalogue.embedding):
        return ModelDetails(name=embedding.model, role="embedding", provider=embedding.provider)
    return _built_in(OFFLINE_EMBEDDING, "embedding")


def _built_in(name: str, role: Role) -> ModelDetails:
    return ModelDetails(
        name=name,
        role=role,
        provider=BUILT_IN,
        cost_per_1k_input_usd=0.0,
        cost_per_1k_output_usd=0.0,
        cost_per_1k_cached_usd=0.0,
    )


def _hosted(catalogue: Catalogue, name: str, role: Role) -> ModelDetails:
    model = catalogue.models[name]
    return ModelDetails(
        name=name,
        role=role,
        provider=model.provider,
        quality=model.quality,
        latency_ms=model.latency_ms,
        context=model.context,
        cost_per_1k_input_usd=model.prices.input_usd,
        cost_per_1k_output_usd=model.prices.output_usd,
        cost_per_1k_cached_usd=model.prices.cached_usd,
    )
