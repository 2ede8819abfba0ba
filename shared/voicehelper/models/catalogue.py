"""Providers, models and prices as JSON in an SSM parameter, which can be changed without a deployment.

``parse_catalogue`` is the entry; ``resources`` calls it.

{"providers": {"main": {"base_url": "https://…/v1"}, …},
 "chat": "gpt-4", "fallback": "gpt-3.5-turbo",
 "embedding": {"provider": "main", "model": "text-embedding-3-small", "dimensions": 1536, "cost_per_1k_usd": 0.00002},
 "chat": "gpt-4", "fallback": "gpt-3.5-turbo", "picture": "gpt-4",
 "embedding": {"provider": "main", "model": "text-embedding-3-small", "dimensions": 1536},
 "rerank": {"provider": "main", "model": "bge-reranker-v2-m3"},
 "transcription": {"provider": "main", "model": "whisper-1", "cost_per_minute_usd": 0.006},
 "speech": {"provider": "main", "model": "tts-1", "voices": ["alloy"], "cost_per_1k_characters_usd": 0.015},
 "models": {"gpt-4": {"provider": "main", "cost_per_1k_usd": 0.03, "quality": 0.95, "latency_ms": 2000,
                      "context": 128000}}}

``"chat": "auto"`` selects one of the models for each question, by ``"priority"``: cost, quality, latency or balanced.
A model may name ``cost_per_1k_input_usd``, ``cost_per_1k_output_usd`` and ``cost_per_1k_cached_usd``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voicehelper.errors import VoiceHelperError
from voicehelper.models.pricing import Prices, Tariff, Tariffs

AUTO: Final = "auto"  # as the chat model: one of the catalogue's, selected for each question
Priority = Literal["cost", "quality", "latency", "balanced"]


class CatalogueInvalidError(VoiceHelperError):
    """A mistake in the deployment's configuration; the reason is logged, callers get an internal error."""

    code = "INTERNAL_ERROR"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Provider(_Strict):
    """Any endpoint that speaks OpenAI's protocol; its key is in the secret under the provider's name."""

    base_url: Annotated[str, Field(pattern=r"^https?://")]


Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ChatModel(_Strict):
    """``cost_per_1k_usd`` is the price of all tokens whose own price is not named; cached input costs as input."""

    provider: str
    cost_per_1k_usd: Price | None = None
    cost_per_1k_input_usd: Price | None = None
    cost_per_1k_output_usd: Price | None = None
    cost_per_1k_cached_usd: Price | None = None
    quality: Annotated[float, Field(ge=0, le=1)] = 0.8
    latency_ms: Annotated[int, Field(gt=0)] = 1000
    context: Annotated[int, Field(gt=0)] = 16384

    @model_validator(mode="after")
    def _check_prices(self) -> ChatModel:
        if self.cost_per_1k_usd is None and None in (self.cost_per_1k_input_usd, self.cost_per_1k_output_usd):
            raise ValueError("name cost_per_1k_usd, or the prices of input and output")
        return self

    @property
    def prices(self) -> Prices:
        usual = self.cost_per_1k_usd or 0.0
        input_usd = usual if self.cost_per_1k_input_usd is None else self.cost_per_1k_input_usd
        output_usd = usual if self.cost_per_1k_output_usd is None else self.cost_per_1k_output_usd
        cached_usd = input_usd if self.cost_per_1k_cached_usd is None else self.cost_per_1k_cached_usd
        return Prices(input_usd, output_usd, cached_usd)

    @property
    def cost_usd(self) -> float:
        """For 1,000 tokens, as the selection compares models: the mean of input and output."""
        return (self.prices.input_usd + self.prices.output_usd) / 2


class EmbeddingModel(_Strict):
    provider: str
    model: str
    dimensions: Annotated[int, Field(gt=0, le=4000)]
    batch_size: Annotated[int, Field(gt=0, le=2048)] = 64
    query_prefix: str = ""
    passage_prefix: str = ""
    cost_per_1k_usd: Price = 0.0


class RerankModel(_Strict):
    """The price is of the tokens read: each passage with the question."""

    provider: str
    model: str
    cost_per_1k_usd: Price = 0.0


class TranscriptionModel(_Strict):
    """What recognises speech: a model of a provider, or one of ``OWN_PROVIDERS``, whose ``model`` says which."""

    provider: str
    model: str = ""
    cost_per_minute_usd: Price = 0.0  # of the sound that is sent, pauses cut out


class SpeechModel(_Strict):
    """What speaks. ``voices`` are its names; the first one speaks where a request names none."""

    provider: str
    model: str = ""
    voices: tuple[str, ...] = ()
    cost_per_1k_characters_usd: Price = 0.0


# What is no endpoint of OpenAI's protocol: services of AWS, and programs on the machine itself.
OWN_TRANSCRIBERS: Final = frozenset({"amazon-transcribe", "faster-whisper"})
OWN_SPEAKERS: Final = frozenset({"amazon-polly", "espeak-ng"})

DEFAULT_MODELS = {
    "gpt-4": ChatModel(provider="openai", cost_per_1k_usd=0.03, quality=0.95, latency_ms=2000, context=128_000),
    "gpt-3.5-turbo": ChatModel(provider="openai", cost_per_1k_usd=0.002, quality=0.80, latency_ms=800, context=16_384),
    "qwen-turbo": ChatModel(provider="dashscope", cost_per_1k_usd=0.001, quality=0.75, latency_ms=600, context=8_192),
}


class Catalogue(_Strict):
    """``chat`` None selects the built-in reader, "auto" a model for each question; ``embedding`` None is the built-in
    embedding, and without ``rerank`` the search's own order stands. Without ``transcription`` nobody is heard, and
    without ``speech`` nothing is read aloud.
    """

    providers: dict[str, Provider]
    models: dict[str, ChatModel] = DEFAULT_MODELS
    chat: str | None = None
    priority: Priority = "balanced"  # of the selection of a model
    fallback: str | None = None
    picture: str | None = None  # the model that reads pictures, where the deployment's Recogniser is chat_model
    embedding: EmbeddingModel | None = None
    rerank: RerankModel | None = None
    transcription: TranscriptionModel | None = None
    speech: SpeechModel | None = None

    @model_validator(mode="after")
    def _check_names(self) -> Catalogue:
        models = [name for name in (self.chat, self.fallback, self.picture) if name and name != AUTO]
        if missing := [name for name in models if name not in self.models]:
            raise ValueError(f"no model named {missing[0]}")
        providers = [self.models[name].provider for name in models]
        providers += [model.provider for model in (self.embedding, self.rerank) if model]
        providers += [model.provider for model in (self.transcription, self.speech) if model and not _is_own(model)]
        if missing := [name for name in providers if name not in self.providers]:
            raise ValueError(f"no provider named {missing[0]}")
        if AUTO in (*self.models, self.fallback, self.picture) or (self.chat == AUTO and not self.offered):
            raise ValueError("auto needs models whose providers are named, and is the name of none")
        return self

    @property
    def offered(self) -> dict[str, ChatModel]:
        """The chat models that can be called: their provider is named."""
        return {name: model for name, model in self.models.items() if model.provider in self.providers}

    @property
    def used(self) -> dict[str, ChatModel]:
        """The models that may answer a question, the fallback aside."""
        if self.chat is None:
            return {}
        return self.offered if self.chat == AUTO else {self.chat: self.models[self.chat]}

    @property
    def tariffs(self) -> Tariffs:
        return Tariffs(_tariff(self.embedding), _tariff(self.rerank))

    def provider_of(self, model: str) -> Provider:
        return self.providers[self.models[model].provider]


def _tariff(model: EmbeddingModel | RerankModel | None) -> Tariff | None:
    return Tariff(model.model, model.cost_per_1k_usd) if model else None


def _is_own(model: TranscriptionModel | SpeechModel) -> bool:
    return model.provider in (OWN_TRANSCRIBERS if isinstance(model, TranscriptionModel) else OWN_SPEAKERS)


def parse_catalogue(text: str) -> Catalogue:
    """CatalogueInvalidError names the first invalid field."""
    try:
        return Catalogue.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CatalogueInvalidError(f"model catalogue: {place}: {first['msg']}") from error
