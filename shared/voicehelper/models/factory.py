"""Builds the models of a catalogue: the hosted ones it names, or the built-in offline ones.

``resources`` is the caller and caches the results. Each SDK is imported by the branch that needs it: the openai client
costs a cold start as much as the built-in embedding, and no function needs both.
"""

from __future__ import annotations

import contextlib
import functools
import gc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openai import OpenAI

    from voicehelper.adapters.caching import SharedCache
    from voicehelper.models.budgets import Ledger
    from voicehelper.models.catalogue import Catalogue
    from voicehelper.models.circuit import Circuit
    from voicehelper.models.invoked import Invoke
    from voicehelper.models.protocols import Chat, ChatCompletion, Embedder, Provider, Reranker
    from voicehelper.models.reading import TrainedReader

OFFLINE_EMBEDDING: Final = "multilingual-e5-small-q4"


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """For the import of the openai client: five hundred modules of types, of which the collector would free nothing.

    Its passes are a sixth of the import.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def embedding_model_name(catalogue: Catalogue | None) -> str:
    """The model name that a knowledge base stores; does not import the model."""
    return catalogue.embedding.model if catalogue and catalogue.embedding else OFFLINE_EMBEDDING


def build_embedder(catalogue: Catalogue | None, keys: Mapping[str, str], invoke: Invoke | None = None) -> Embedder:
    """``invoke`` calls the function that has the way to providers, for a function that has none."""
    if catalogue and (embedding := catalogue.embedding):
        if invoke:
            from voicehelper.models.invoked import InvokedEmbedder

            return InvokedEmbedder(invoke, embedding.model, embedding.dimensions)
        with _collector_paused():
            from voicehelper.models.openai.client import make_client
            from voicehelper.models.openai.embedder import OpenAIEmbedder

        base_url = catalogue.providers[embedding.provider].base_url
        return OpenAIEmbedder(make_client(base_url, keys.get(embedding.provider, "")), embedding)
    from voicehelper.models.offline.embedder import OfflineEmbedder

    return OfflineEmbedder()


def build_reader(path: str) -> TrainedReader:
    """ReaderUnavailableError if the weights cannot be used, or the function's layers have no embedding."""
    from voicehelper.models.reading import ReaderUnavailableError

    try:
        from voicehelper.models.offline.cross_encoder import load_reader
    except ImportError as error:
        raise ReaderUnavailableError(str(error)) from error
    return load_reader(Path(path))


def build_reranker(catalogue: Catalogue, keys: Mapping[str, str], invoke: Invoke | None = None) -> Reranker:
    """Of a catalogue that names one."""
    assert catalogue.rerank
    if invoke:
        from voicehelper.models.invoked import InvokedReranker

        return InvokedReranker(invoke)
    with _collector_paused():
        from voicehelper.models.openai.reranker import OpenAIReranker

    provider, model = catalogue.rerank.provider, catalogue.rerank.model
    return OpenAIReranker(_client(catalogue.providers[provider].base_url, keys.get(provider, "")), model)


def build_chat(
    catalogue: Catalogue | None,
    keys: Mapping[str, str],
    invoke: Invoke | None = None,
    ledger: Ledger | None = None,
    shared: SharedCache[ChatCompletion] | None = None,
) -> Chat | None:
    """None where the built-in reader answers; without a ledger no budget bounds the calls. ``shared`` keeps replies for
    other processes, and is asked before the function that calls models.
    """
    if catalogue is None or catalogue.chat is None:
        return None
    from voicehelper.models.fallback import DefaultReply

    chat = _shared(_invoked(invoke), shared) if invoke else _hosted(catalogue, keys)
    return DefaultReply(_routed(catalogue, _budgeted(catalogue, chat, ledger) if ledger else chat))


def _budgeted(catalogue: Catalogue, chat: Chat, ledger: Ledger) -> Chat:
    from voicehelper.models.budgets import Budgeted

    names = [*catalogue.used, *([catalogue.fallback] if catalogue.fallback else [])]
    return Budgeted(chat, ledger, {name: catalogue.models[name].prices for name in names}, catalogue.fallback)


def _invoked(invoke: Invoke) -> Chat:
    from voicehelper.models.invoked import InvokedChat

    return InvokedChat(invoke)


def _shared(chat: Chat, shared: SharedCache[ChatCompletion] | None) -> Chat:
    if shared is None:
        return chat
    from voicehelper.models.response_cache import Cached, Replies

    return Cached(chat, Replies(shared=shared))


def _routed(catalogue: Catalogue, chat: Chat) -> Chat:
    from voicehelper.models.catalogue import AUTO
    from voicehelper.models.routing import Routed

    return Routed(chat, catalogue.offered, catalogue.priority) if catalogue.chat == AUTO else chat


def _hosted(catalogue: Catalogue, keys: Mapping[str, str]) -> Chat:
    from voicehelper.models.circuit import Circuit
    from voicehelper.models.response_cache import Cached
    from voicehelper.models.routing import NamedModels

    circuits = {name: Circuit() for name in catalogue.offered}
    models = {name: _with_fallback(catalogue, name, keys, circuits) for name in catalogue.used}
    pictures = _chat_model(catalogue, catalogue.picture, keys, circuits, "primary") if catalogue.picture else None
    return Cached(NamedModels(models, default=next(iter(models)), pictures=pictures))


def _with_fallback(catalogue: Catalogue, name: str, keys: Mapping[str, str], circuits: Mapping[str, Circuit]) -> Chat:
    from voicehelper.models.fallback import Fallback

    primary = _chat_model(catalogue, name, keys, circuits, "primary")
    if catalogue.fallback in (None, name):
        return primary
    return Fallback(primary, _chat_model(catalogue, catalogue.fallback, keys, circuits, "fallback"))


def _chat_model(
    catalogue: Catalogue, name: str, keys: Mapping[str, str], circuits: Mapping[str, Circuit], provider: Provider
) -> Chat:
    from voicehelper.models.circuit import Guarded

    with _collector_paused():
        from voicehelper.models.openai.chat import OpenAIChat

    model = catalogue.models[name]
    client = _client(catalogue.provider_of(name).base_url, keys.get(model.provider, ""))
    chat = OpenAIChat(client, name, prices=model.prices, provider=provider, latency_ms=model.latency_ms)
    return Guarded(chat, circuits[name])


@functools.lru_cache(maxsize=16)
def _client(base_url: str, key: str) -> OpenAI:
    """One for all models of a provider, whose connections they share."""
    from voicehelper.models.openai.client import make_client

    return make_client(base_url, key)
