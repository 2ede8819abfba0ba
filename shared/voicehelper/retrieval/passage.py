"""The values between search and answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Passage:
    """One found chunk. ``score`` is the fused 0 … 1 score; ``similarity`` is the cosine, None without the leg."""

    chunk_id: UUID
    document_id: UUID
    title: str
    text: str
    page: int | None
    score: float
    bm25: float
    similarity: float | None
    place: dict[str, Any] = field(default_factory=dict)
