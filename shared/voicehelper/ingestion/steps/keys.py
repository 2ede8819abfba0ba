"""Where steps leave what the next ones read: keys follow from the document, so a repetition overwrites itself."""

from __future__ import annotations

import hashlib

from voicehelper.ingestion.events import EmbeddingBatch
from voicehelper.shapes.document_ref import DocumentRef


def parsed_key(ref: DocumentRef) -> str:
    return f"{ref.prefix}parsed.jsonl"


def chunks_key(ref: DocumentRef) -> str:
    return f"{ref.prefix}chunks.jsonl"


def vectors_key(ref: DocumentRef, batch: EmbeddingBatch, *, model: str, chunks: bytes) -> str:
    """Names the model and the text: vectors of other text or another model can never be taken for these."""
    digest = hashlib.sha256(model.encode() + b"\0" + chunks).hexdigest()[:16]
    return f"{ref.prefix}vectors/{batch.first:06d}-{digest}.npz"
