"""Hosted models of test servers, as a deployment would build them."""

from __future__ import annotations

from voicehelper.models.catalogue import EmbeddingModel
from voicehelper.models.fallback import DefaultReply, Fallback
from voicehelper.models.openai.chat import OpenAIChat
from voicehelper.models.openai.client import make_client
from voicehelper.models.openai.embedder import QUERY_TIMEOUT_S, OpenAIEmbedder
from voicehelper.models.pricing import Prices
from voicehelper.models.protocols import Chat, ChatRequest, Provider

from tests.support.openai_server import OpenAIServer

REQUEST = ChatRequest([{"role": "user", "content": "hello"}], max_tokens=100, temperature=0.7)


def model_of(
    running: OpenAIServer, name: str = "gpt-4", price: float = 0.03, provider: Provider = "primary"
) -> OpenAIChat:
    return OpenAIChat(make_client(running.base_url, "key"), name, prices=Prices.uniform(price), provider=provider)


def chat_of(primary: OpenAIServer, backup: OpenAIServer | None = None) -> Chat:
    first = model_of(primary)
    if backup is None:
        return DefaultReply(first)
    return DefaultReply(Fallback(first, model_of(backup, "gpt-3.5-turbo", 0.002, "fallback")))


def embedder_of(
    running: OpenAIServer, dimensions: int = 4, batch_size: int = 2, *, query_timeout_s: float = QUERY_TIMEOUT_S
) -> OpenAIEmbedder:
    settings = EmbeddingModel(provider="p", model="e", dimensions=dimensions, batch_size=batch_size)
    return OpenAIEmbedder(make_client(running.base_url, "key"), settings, query_timeout_s=query_timeout_s)
