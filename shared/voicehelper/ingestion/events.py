"""The events of the ingestion state machine and its queue: ids and counts only; large data is in S3."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel

from voicehelper.shapes.document_ref import DocumentRef


class IngestionEvent(BaseModel):
    """One attempt at one document. Storage keys are derived from the ids, so events do not contain them."""

    log_keys: ClassVar[tuple[str, ...]] = ("document_id", "attempt")

    tenant_id: UUID
    kb_id: UUID
    document_id: UUID
    attempt: int
    resume_from: str = "ParseDocument"

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.tenant_id, self.kb_id, self.document_id)

    @property
    def execution_name(self) -> str:
        return f"{self.document_id}-{self.attempt}"


class EmbeddingBatch(BaseModel):
    """Chunks ``first`` … ``last`` - 1 of the document, and their range of bytes in chunks.jsonl."""

    first: int
    last: int
    first_byte: int
    last_byte: int


class DocumentChunked(IngestionEvent):
    batches: list[EmbeddingBatch]


class EmbedBatch(IngestionEvent):
    batch: EmbeddingBatch


class IngestionFailed(IngestionEvent):
    """``error`` is added by Catch: the class name, and a JSON text with the message."""

    error: dict[str, Any]


class BaseQueued(BaseModel):
    """A message of the upload queue: documents of the base are queued; ``after`` is the last one started."""

    tenant_id: UUID
    kb_id: UUID
    after: UUID | None = None
