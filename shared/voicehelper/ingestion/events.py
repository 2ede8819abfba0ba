"""The events of the ingestion state machine and its queue: ids and counts only; large data is in S3."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, RootModel

from voicehelper.shapes.document_ref import DocumentRef


class IngestionEvent(BaseModel):
    """One attempt at one document. Storage keys are derived from the ids, so events do not contain them."""

    log_keys: ClassVar[tuple[str, ...]] = ("document_id", "attempt")

    tenant_id: UUID
    kb_id: UUID
    document_id: UUID
    attempt: int
    resume_from: str = "ParseDocument"
    # What the parsing step needs of the document's row, which it may not read; sha256 in hex, empty if unknown.
    source_attempt: int = 0
    filename: str = ""
    sha256: str = ""
    # When the attempt was handed to the state machine, in seconds since 1970; for its trace alone.
    began_at: float = 0.0

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.tenant_id, self.kb_id, self.document_id)

    @property
    def execution_name(self) -> str:
        return f"{self.document_id}-{self.attempt}"


class ParseRequested(IngestionEvent):
    """``is_recognised``: the file's pictures have been read as far as they can be, and none is noted again."""

    is_recognised: bool = False


class ParsedFile(BaseModel):
    """What parsing found; the chunking step records it. ``sha256`` in hex is that of the bytes in storage."""

    sha256: str
    size_bytes: int
    pages_total: int | None
    pages_with_text: int | None
    characters: int
    warnings: list[str]
    pages_recognised: list[int] = []


class ChunkRequested(IngestionEvent):
    """``parsed`` is None where an attempt goes on with a file that was parsed before."""

    parsed: ParsedFile | None = None


class PictureBatch(BaseModel):
    """Pictures ``first`` … ``last`` - 1 of those that the attempt noted."""

    first: int
    last: int


class DocumentParsed(ChunkRequested):
    """With ``pictures`` the file is parsed once more when they are recognised, ``lanes`` batches at once."""

    is_recognised: bool = False
    pictures: list[PictureBatch] = []
    lanes: int


class RecogniseBatch(IngestionEvent):
    batch: PictureBatch


class PageRequested(BaseModel):
    """The picture of one page that somebody wants to see."""

    log_keys: ClassVar[tuple[str, ...]] = ("document_id", "page")

    tenant_id: UUID
    kb_id: UUID
    document_id: UUID
    source_attempt: int
    filename: str
    page: int

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.tenant_id, self.kb_id, self.document_id)


class PageDrawn(BaseModel):
    """``reason`` is why there is no picture; empty where it lies in storage now."""

    reason: str = ""


class EmbeddingBatch(BaseModel):
    """Chunks ``first`` … ``last`` - 1 of the document, and their range of bytes in chunks.jsonl."""

    first: int
    last: int
    first_byte: int
    last_byte: int


class DocumentChunked(IngestionEvent):
    """``is_withheld``: the text is not in the index yet; an earlier version answers until the vectors come too."""

    is_withheld: bool = False
    batches: list[EmbeddingBatch]
    lanes: int  # batches embedded at once


class EmbedBatch(IngestionEvent):
    batch: EmbeddingBatch


class IngestionFailed(IngestionEvent):
    """``error`` is added by Catch: the class name, and a JSON text with the message."""

    error: dict[str, Any]


class PurgeRequested(BaseModel):
    """A message of the upload queue: what is left of one document, or of the whole base without ``document_id``."""

    kind: Literal["purge"] = "purge"
    tenant_id: UUID
    kb_id: UUID
    document_id: UUID | None = None


class LeftoversDue(BaseModel):
    """A message of the upload queue: this attempt has ended, and what those before it have left goes.

    A kind of its own: code of before this one must not take it for the deletion of the document.
    """

    kind: Literal["leftovers"] = "leftovers"
    tenant_id: UUID
    kb_id: UUID
    document_id: UUID
    attempt: int


class DeletionDue(RootModel[PurgeRequested | LeftoversDue]):
    """What the function that deletes is handed."""


DELETIONS: Final = ("purge", "leftovers")  # their kinds


class Undeliverable(BaseModel):
    """A message of the upload queue, or the event of an ended execution, that nobody could handle; as it was."""

    message: str


class DeadLettersDue(BaseModel):
    """What a schedule says: time to read this dead-letter queue."""

    queue_url: str


class BaseQueued(BaseModel):
    """A message of the upload queue: documents of the base are queued.

    With ``watches``, since when some of them have waited, it comes back for as long as they do.
    """

    model_config = ConfigDict(frozen=True)

    tenant_id: UUID
    kb_id: UUID
    watches: datetime | None = None
