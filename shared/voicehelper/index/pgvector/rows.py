"""Rows of the chunk table as passages: ``ChunkRow`` is what every statement selects, ``passage_of`` its passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from voicehelper.index.chunk import Place
from voicehelper.index.passage import Passage


@dataclass(slots=True)
class ChunkRow:
    """Statements with columns of their own extend it; ``place`` is null instead of empty."""

    chunk_id: UUID
    document_id: UUID
    title: str
    content: str
    page: int | None
    place: dict[str, Any] | None


def passage_of(row: ChunkRow, **scores: Any) -> Passage:
    """``scores`` are fields of ``Passage``."""
    place = row.place or {}
    return Passage(
        chunk_id=row.chunk_id,
        document_id=row.document_id,
        title=row.title,
        text=row.content,
        place=Place(
            row.page,
            place.get("sheet"),
            place.get("first_row"),
            place.get("last_row"),
            place.get("attachment"),
            place.get("recognised"),
        ),
        heading_path=tuple(place.get("heading_path") or ()),
        **scores,
    )
