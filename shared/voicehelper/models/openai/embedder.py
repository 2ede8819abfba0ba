"""Embeddings through any OpenAI-compatible endpoint."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.deadline import Patience, TransientError, with_retries
from voicehelper.models.openai.client import CONNECT_TIMEOUT_S, make_client, translated

if TYPE_CHECKING:
    from openai import OpenAI

    from voicehelper.models.catalogue import Catalogue, EmbeddingModel
    from voicehelper.models.protocols import Vector

WITHIN_S: Final = 25.0


class OpenAIEmbedder:
    """Implements ``embedding.Embedder``; any lasting failure becomes UpstreamUnavailableError, which steps retry."""

    def __init__(
        self, client: OpenAI, settings: EmbeddingModel, *, patience: Callable[[], Patience] | None = None
    ) -> None:
        self._client, self._settings = client, settings
        self._patience = patience or (lambda: Patience(time.monotonic() + WITHIN_S))
        self.model, self.dimensions = settings.model, settings.dimensions

    def embed_query(self, text: str) -> Vector:
        return self._embed([self._settings.query_prefix + text])[0]

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        prefixed = [self._settings.passage_prefix + text for text in texts]
        size = self._settings.batch_size
        batches = [prefixed[start : start + size] for start in range(0, len(prefixed), size)]
        return [vector for batch in batches for vector in self._embed(batch)]

    def _embed(self, texts: list[str]) -> list[Vector]:
        patience = self._patience()
        try:
            return with_retries(lambda: translated(lambda: self._ask(texts, patience)), patience)
        except TransientError as error:
            raise UpstreamUnavailableError(f"{self.model}: {error}") from error

    def _ask(self, texts: list[str], patience: Patience) -> list[Vector]:
        import httpx

        timeout = httpx.Timeout(max(patience.left(), 0.1), connect=CONNECT_TIMEOUT_S)
        create: Any = self._client.embeddings.create
        answer = create(model=self.model, input=texts, encoding_format="float", timeout=timeout)
        ordered = sorted(answer.data, key=lambda item: item.index)
        if [item.index for item in ordered] != list(range(len(texts))):
            raise ValueError("not one vector per text")
        return [self._checked(item.embedding) for item in ordered]

    def _checked(self, vector: Sequence[float]) -> list[float]:
        """Unit length; ValueError for another number of dimensions or a vector without direction."""
        if len(vector) != self.dimensions:
            raise ValueError(f"{len(vector)} dimensions instead of {self.dimensions}")
        length = math.sqrt(sum(value * value for value in vector))
        if not math.isfinite(length) or length == 0:
            raise ValueError("a vector without direction")
        return [value / length for value in vector]


def openai_embedder(catalogue: Catalogue, keys: Mapping[str, str]) -> OpenAIEmbedder:
    if catalogue.embedding is None:
        raise ValueError("the catalogue names no embedding model")
    provider = catalogue.providers[catalogue.embedding.provider]
    return OpenAIEmbedder(
        make_client(provider.base_url, keys.get(catalogue.embedding.provider, "")), catalogue.embedding
    )
