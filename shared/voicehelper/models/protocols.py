"""The edge every embedding model stands behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

Vector = Any  # a one-dimensional float array or list; numpy stays out of the functions that never embed


class Embedder(Protocol):
    """``model`` is the name a knowledge base remembers; vectors are unit length."""

    model: str
    dimensions: int

    def embed_query(self, text: str) -> Vector: ...

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]: ...
