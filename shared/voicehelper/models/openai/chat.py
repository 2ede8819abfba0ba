"""Chat through any OpenAI-compatible endpoint, with a fallback provider and a last word (LLM-8 … LLM-11)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.deadline import Patience, TransientError, with_retries
from voicehelper.models.openai.client import CONNECT_TIMEOUT_S, make_client, translated
from voicehelper.models.pricing import cost_usd

if TYPE_CHECKING:
    from openai import OpenAI

    from voicehelper.models.catalogue import Catalogue

Message = Mapping[str, str]
UNAVAILABLE: Final = "抱歉，服务暂时不可用，请稍后重试。"


@dataclass(frozen=True, slots=True)
class ChatCompletion:
    """``provider`` default means that nobody answered and ``content`` is the fixed sentence; never cache it."""

    content: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    provider: Literal["primary", "fallback", "default"]
    cost_usd: float

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Chat(Protocol):
    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, within_s: float
    ) -> ChatCompletion: ...


class OpenAIChat:
    """One model of one provider."""

    def __init__(self, client: OpenAI, model: str, *, cost_per_1k_usd: float) -> None:
        self._client, self.model, self._price = client, model, cost_per_1k_usd

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        patience: Patience,
        provider: Literal["primary", "fallback"],
    ) -> ChatCompletion:
        """TransientError or UpstreamUnavailableError when no try within the patience succeeded."""

        def ask() -> ChatCompletion:
            import httpx

            create: Any = self._client.chat.completions.create
            answer = create(
                model=self.model,
                messages=list(messages),
                max_tokens=max_tokens,
                temperature=temperature,
                timeout=httpx.Timeout(max(patience.left(), 0.1), connect=CONNECT_TIMEOUT_S),
            )
            return self._completion(answer, provider)

        return with_retries(lambda: translated(ask), patience)

    def _completion(self, answer: Any, provider: Literal["primary", "fallback"]) -> ChatCompletion:
        content = answer.choices[0].message.content
        if not isinstance(content, str) or not content.strip():
            raise ValueError("an empty answer")
        prompt = int(getattr(answer.usage, "prompt_tokens", 0) or 0)
        completion = int(getattr(answer.usage, "completion_tokens", 0) or 0)
        price = cost_usd(prompt + completion, self._price)
        return ChatCompletion(content, self.model, prompt, completion, provider, price)


class FallbackChat:
    """The primary model; the fallback when it fails, also after exhausted rate limits; then the fixed sentence."""

    def __init__(self, primary: OpenAIChat, fallback: OpenAIChat | None) -> None:
        self._primary, self._fallback = primary, fallback

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, within_s: float
    ) -> ChatCompletion:
        """Never raises for a provider's failure. The primary gets two thirds of the time where a fallback waits."""
        started = time.monotonic()
        share = within_s * 2 / 3 if self._fallback else within_s
        options: dict[str, Any] = {"max_tokens": max_tokens, "temperature": temperature}
        try:
            return self._primary.complete(messages, **options, patience=Patience(started + share), provider="primary")
        except (TransientError, UpstreamUnavailableError):
            pass
        if self._fallback:
            try:
                patience = Patience(started + within_s)
                return self._fallback.complete(messages, **options, patience=patience, provider="fallback")
            except (TransientError, UpstreamUnavailableError):
                pass
        return ChatCompletion(UNAVAILABLE, "fallback", 0, 0, "default", 0.0)


def openai_chat(catalogue: Catalogue, keys: Mapping[str, str]) -> FallbackChat:
    def model(name: str) -> OpenAIChat:
        client = make_client(catalogue.provider_of(name).base_url, keys.get(catalogue.models[name].provider, ""))
        return OpenAIChat(client, name, cost_per_1k_usd=catalogue.models[name].cost_per_1k_usd)

    if catalogue.chat is None:
        raise ValueError("the catalogue names no chat model")
    return FallbackChat(model(catalogue.chat), model(catalogue.fallback) if catalogue.fallback else None)
