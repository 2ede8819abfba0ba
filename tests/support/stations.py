"""Small documents that are the same in every run, and the chunks that an undisturbed pipeline makes of them."""

from __future__ import annotations

import random
from uuid import UUID

from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.parse import parse_document


def text_of(number: int) -> bytes:
    words = random.Random(number)  # the same document in every run
    lines = [f"Valve {number}-{line} closes at {words.randrange(100, 900)} kPa." for line in range(12)]
    return f"# Station {number}\n\n{' '.join(lines)}\n\n## 维护\n\n每 {number + 1} 天检查一次。\n".encode()


def expected_chunks(document_id: str, number: int) -> list[tuple[str, int, str]]:
    """(id, sequence, text) as the API shows them, of the document with this public id."""
    parsed = parse_document(text_of(number), f"station-{number}.md")
    chunks = chunk_document(parsed, UUID(document_id.removeprefix("doc-")))
    return [(f"chunk-{chunk.chunk_id}", chunk.sequence, chunk.text) for chunk in chunks]
