"""Storage keys of the steps' results; derived from the document, so a repeated step overwrites its own result."""

from __future__ import annotations

import hashlib

from voicehelper.ingestion.events import EmbeddingBatch
from voicehelper.shapes.document_ref import DocumentRef


def parsed_key(ref: DocumentRef) -> str:
    return f"{ref.prefix}parsed.jsonl"


def layout_key(ref: DocumentRef, first_page: int) -> str:
    """Of the batch of ``layouts.batches`` that begins with this page."""
    return f"{ref.prefix}layouts/{first_page:06d}"


def page_picture_key(ref: DocumentRef, source_attempt: int, page: int) -> str:
    """Contains the attempt that brought the file: the picture of another file is never shown."""
    return f"{ref.prefix}pictures/{source_attempt}/{page:06d}.webp"


def pictures_key(ref: DocumentRef, attempt: int) -> str:
    """References of the pictures that an attempt has to recognise."""
    return f"{ref.prefix}pictures-{attempt}.json"


def recognised_prefix(ref: DocumentRef, source_attempt: int, recogniser: str) -> str:
    """Of one file and whoever reads it first: what another one read is read again. The number grows with a built-in
    recogniser that reads better.
    """
    return f"{ref.prefix}recognised/{source_attempt}/2-{recogniser}/"


def recognised_key(ref: DocumentRef, source_attempt: int, recogniser: str, reference: str) -> str:
    digest = hashlib.sha256(reference.encode()).hexdigest()
    return f"{recognised_prefix(ref, source_attempt, recogniser)}{digest[:32]}.json"


def chunks_key(ref: DocumentRef) -> str:
    return f"{ref.prefix}chunks.jsonl"


def vectors_key(ref: DocumentRef, batch: EmbeddingBatch, *, model: str, chunks: bytes) -> str:
    """Contains a digest of model and text, so vectors of another text or model are never reused."""
    digest = hashlib.sha256(model.encode() + b"\0" + chunks).hexdigest()[:16]
    return f"{ref.prefix}vectors/{batch.first:06d}-{digest}.f16"
