"""What travels through the ingestion state machine: ids and counts; everything large is in S3 (KB-6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel


class IngestionEvent(BaseModel):
    """One attempt at one document. S3 keys follow from the ids, so no step carries them."""

    tenant_id: UUID
    kb_id: UUID
    document_id: UUID
    attempt: int
    resume_from: str = "ParseDocument"

    @property
    def prefix(self) -> str:
        return document_prefix(self.tenant_id, self.kb_id, self.document_id)

    @property
    def execution_name(self) -> str:
        return f"{self.document_id}-{self.attempt}"


class EmbeddingBatch(BaseModel):
    """Chunks ``first`` … ``last`` - 1 of the document, and the bytes of chunks.jsonl that hold them."""

    first: int
    last: int
    first_byte: int
    last_byte: int


class DocumentChunked(IngestionEvent):
    batches: list[EmbeddingBatch]


class EmbedBatch(IngestionEvent):
    batch: EmbeddingBatch


class IngestionFailed(IngestionEvent):
    """``error`` is what Catch adds: the class name, and a JSON text with the message."""

    error: dict[str, Any]


def document_prefix(tenant_id: UUID, kb_id: UUID, document_id: UUID) -> str:
    return f"documents/{tenant_id}/{kb_id}/{document_id}/"


def base_prefix(tenant_id: UUID, kb_id: UUID) -> str:
    return f"documents/{tenant_id}/{kb_id}/"


def source_key(prefix: str) -> str:
    return f"{prefix}source"


def event_of_key(key: str) -> tuple[UUID, UUID, UUID] | None:
    """(tenant, base, document) of an uploaded object; None for a key that is not an upload's."""
    parts = key.split("/")
    if len(parts) != 5 or parts[0] != "documents" or parts[4] != "source":
        return None
    try:
        return UUID(parts[1]), UUID(parts[2]), UUID(parts[3])
    except ValueError:
        return None
