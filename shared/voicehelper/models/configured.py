"""The models this deployment uses: the hosted ones its catalogue names, or the built-in offline ones.

The catalogue is one SSM parameter, so models and prices change without a deploy, a minute later (LLM-1, DEP-6).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from voicehelper.adapters.aws_call import aws_call, read_secret
from voicehelper.adapters.refreshing import Refreshing
from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.models.catalogue import Catalogue
    from voicehelper.models.openai.chat import Chat
    from voicehelper.models.protocols import Embedder

KeyPairs = tuple[tuple[str, str], ...]

OFFLINE_EMBEDDING = "multilingual-e5-small-q4"
REFRESHED_AFTER_S = 60.0


def _fetch_catalogue() -> str:
    name = settings().model_config_parameter
    return str(aws_call("ssm", "GetParameter", {"Name": name})["Parameter"]["Value"]) if name else ""


def _fetch_keys() -> dict[str, str]:
    return read_secret(settings().model_secret_name)[1] if settings().model_secret_name else {}


_catalogue_text = Refreshing(_fetch_catalogue, max_age_s=REFRESHED_AFTER_S)
_keys = Refreshing(_fetch_keys, max_age_s=REFRESHED_AFTER_S)


def catalogue() -> Catalogue | None:
    """None means no catalogue is configured: everything runs on the offline models."""
    return _parsed(_catalogue_text.get())


@functools.lru_cache(maxsize=1)
def _parsed(text: str) -> Catalogue | None:
    if not text:
        return None
    from voicehelper.models.catalogue import parse_catalogue

    return parse_catalogue(text)


def embedding_model() -> str:
    """The name a knowledge base remembers; costs no import of the model itself."""
    configured = catalogue()
    return configured.embedding.model if configured and configured.embedding else OFFLINE_EMBEDDING


def embedder() -> Embedder:
    return _embedder_of(_catalogue_text.get(), _key_pairs())


@functools.lru_cache(maxsize=1)
def _embedder_of(text: str, keys: KeyPairs) -> Embedder:
    configured = _parsed(text)
    if configured and configured.embedding:
        from voicehelper.models.openai.embedder import openai_embedder

        return openai_embedder(configured, dict(keys))
    from voicehelper.models.offline.embedder import OfflineEmbedder

    return OfflineEmbedder()


def answer_model() -> Chat | None:
    """The hosted chat model, or None where the built-in reader answers."""
    return _answer_model_of(_catalogue_text.get(), _key_pairs())


@functools.lru_cache(maxsize=1)
def _answer_model_of(text: str, keys: KeyPairs) -> Chat | None:
    configured = _parsed(text)
    if configured is None or configured.chat is None:
        return None
    from voicehelper.models.openai.chat import openai_chat

    return openai_chat(configured, dict(keys))


def _key_pairs() -> KeyPairs:
    """Part of what a client is remembered by: another key is another client."""
    return tuple(sorted(_keys.get().items()))
