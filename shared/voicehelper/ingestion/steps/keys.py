"""Storage keys of the steps' results; derived from the document, so a repeated step overwrites its own result."""

from __future__ import annotations

import hashlib

from voicehelper.ingestion.events import EmbeddingBatch
from voicehelper.shapes.document_ref import DocumentRef


def parsed_key(ref: DocumentRef) -> str:
    return f"{ref.prefix}parsed.jsonl"


def chunks_key(ref: DocumentRef) -> str:
    return f"{ref.prefix}chunks.jsonl"


def vectors_key(ref: DocumentRef, batch: EmbeddingBatch, *, model: str, chunks: bytes) -> str:
    """Contains a digest of model and text, so vectors of another text or model are never reused."""
    digest = hashlib.sha256(model.encode() + b"\0" + chunks).hexdigest()[:16]
    return f"{ref.prefix}vectors/{batch.first:06d}-{digest}.f16"
