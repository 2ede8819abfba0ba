"""Stage: the vector of what is searched for. It may come from a remote model, so it runs before a transaction opens.

While that model is away, words alone are searched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from voicehelper.models.protocols import Embedder
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.tokens import approximate_tokens


@dataclass(frozen=True, slots=True)
class Embed:
    """``embedder`` is a factory: building one loads a model."""

    embedder: Callable[[], Embedder]
    name: str = "query_embedding"
    optional: bool = True

    def __call__(self, state: Retrieval) -> Retrieval:
        vector = self.embedder().embed_query(state.queries[0])
        return replace(state, vector=vector, embedded_tokens=approximate_tokens(state.queries[0]))
