"""The models this deployment uses: the hosted ones its catalogue names, or the built-in offline ones.

The catalogue is one SSM parameter, so models and prices change without a deploy (LLM-1, DEP-6).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from voicehelper.adapters.aws_call import aws_call, read_secret
from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.llm.catalogue import Catalogue
    from voicehelper.llm.embedding import Embedder
    from voicehelper.llm.openai_chat import Chat

OFFLINE_EMBEDDING = "multilingual-e5-small-q4"


@functools.cache
def catalogue() -> Catalogue | None:
    """None means no catalogue is configured: everything runs on the offline models."""
    name = settings().model_config_parameter
    if not name:
        return None
    from voicehelper.llm.catalogue import parse_catalogue

    answer = aws_call("ssm", "GetParameter", {"Name": name})
    return parse_catalogue(str(answer["Parameter"]["Value"]))


@functools.cache
def provider_keys() -> dict[str, str]:
    return read_secret(settings().model_secret_name)[1] if settings().model_secret_name else {}


def embedding_model() -> str:
    """The name a knowledge base remembers; costs no import of the model itself."""
    configured = catalogue()
    return configured.embedding.model if configured and configured.embedding else OFFLINE_EMBEDDING


@functools.cache
def embedder() -> Embedder:
    configured = catalogue()
    if configured and configured.embedding:
        from voicehelper.llm.openai_embedding import openai_embedder

        return openai_embedder(configured, provider_keys())
    from voicehelper.llm.offline_embedding import OfflineEmbedder

    return OfflineEmbedder()


@functools.cache
def answer_model() -> Chat | None:
    """The hosted chat model, or None where the built-in reader answers."""
    configured = catalogue()
    if configured is None or configured.chat is None:
        return None
    from voicehelper.llm.openai_chat import openai_chat

    return openai_chat(configured, provider_keys())
