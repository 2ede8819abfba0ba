"""Embeddings through any OpenAI-compatible endpoint."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from voicehelper.models.openai.client import remote_call
from voicehelper.models.protocols import Deadline, Vector

if TYPE_CHECKING:
    from openai import OpenAI

    from voicehelper.models.catalogue import EmbeddingModel

TIMEOUT_S: Final = 25.0
# A question waits for its vector and then for its answer, within API Gateway's 30 s.
QUERY_TIMEOUT_S: Final = 6.0
_BASE_BYTES: Final = 64_000
_BYTES_PER_VALUE: Final = 48  # a float of 17 digits with sign and exponent, on an indented line of its own


class OpenAIEmbedder:
    """Implements ``Embedder``; a failure after all attempts is an UpstreamUnavailableError, which steps retry."""

    def __init__(
        self,
        client: OpenAI,
        settings: EmbeddingModel,
        *,
        query_timeout_s: float = QUERY_TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._settings, self._clock, self._query_timeout_s = client, settings, clock, query_timeout_s
        self.model, self.dimensions = settings.model, settings.dimensions

    def embed_query(self, text: str) -> Vector:
        return self._embed([self._settings.query_prefix + text], self._query_timeout_s)[0]

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        prefixed = [self._settings.passage_prefix + text for text in texts]
        size = self._settings.batch_size
        batches = [prefixed[start : start + size] for start in range(0, len(prefixed), size)]
        return [vector for batch in batches for vector in self._embed(batch, TIMEOUT_S)]

    def _embed(self, texts: list[str], timeout_s: float) -> list[Vector]:
        deadline = Deadline(self._clock() + timeout_s, self._clock)
        max_bytes = _BASE_BYTES + _BYTES_PER_VALUE * self.dimensions * len(texts)
        return remote_call(lambda: self._create(texts), deadline, model=self.model, max_bytes=max_bytes)

    def _create(self, texts: list[str]) -> list[Vector]:
        create: Any = self._client.embeddings.create
        answer = create(model=self.model, input=texts, encoding_format="float")
        ordered = sorted(answer.data, key=lambda item: item.index)
        if [item.index for item in ordered] != list(range(len(texts))):
            raise ValueError("not one vector per text")
        return [self._unit_vector(item.embedding) for item in ordered]

    def _unit_vector(self, vector: Sequence[float]) -> list[float]:
        """The vector scaled to unit length; ValueError for wrong dimensions or a length of zero or infinity."""
        if len(vector) != self.dimensions:
            raise ValueError(f"{len(vector)} dimensions instead of {self.dimensions}")
        length = math.sqrt(sum(value * value for value in vector))
        if not math.isfinite(length) or length == 0:
            raise ValueError("a vector without direction")
        return [value / length for value in vector]
