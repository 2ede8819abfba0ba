"""API models of knowledge bases and documents; this room and ``functions/knowledge`` use them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import ChunkId, DocumentId, KnowledgeBaseId

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class NewKnowledgeBase(Body):
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=64)]
    display_name: Annotated[Text, Field(max_length=200)] = ""
    description: Annotated[Text, Field(max_length=2000)] = ""


class KnowledgeBaseChange(Body):
    """Only the fields that are given change."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=64)] = ""
    display_name: Annotated[Text, Field(max_length=200)] = ""
    description: Annotated[Text, Field(max_length=2000)] = ""


class KnowledgeBase(BaseModel):
    id: KnowledgeBaseId
    name: str
    status: Literal["active", "deleting"]


class KnowledgeBaseDetails(KnowledgeBase):
    display_name: str
    description: str
    embedding_model: str
    document_count: int
    chunk_count: int
    created_at: datetime


class UploadAccepted(BaseModel):
    document_id: DocumentId
    status: str
    message: str


class NewDirectUpload(Body):
    """Announces a file that is sent to storage directly.

    With ``sha256`` (hex), bytes that the base already holds need no upload, and other bytes than announced are refused.
    """

    filename: str
    size_bytes: Annotated[int, Field(ge=0)]
    metadata: Annotated[dict[str, Any], Field(default_factory=dict)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class DirectUpload(BaseModel):
    """A form for a POST of the file within ``expires_in`` seconds; the ``file`` field must be the last one."""

    document_id: DocumentId
    upload_url: str
    fields: dict[str, str]
    expires_in: int


class Problem(BaseModel):
    code: str
    message: str


class DocumentProgress(BaseModel):
    """``error`` is present only if the document failed, ``superseded_by`` if a newer version of the file answers."""

    document_id: DocumentId
    status: Literal["processing", "indexed", "failed"]
    chunk_count: int
    vector_count: int
    processing_time: str
    error: Problem | None = None
    superseded_by: DocumentId | None = None


class Coverage(BaseModel):
    """How much of the file can be searched. Text of ``pages_recognised`` was read from the pages' pictures."""

    pages_total: int
    pages_with_text: int
    characters: int
    pages_recognised: list[int]


class Document(BaseModel):
    """``version`` counts the uploads of this name to the base. A document with ``superseded_by`` no longer answers:
    that newer version does, and the index holds no chunks of this one.
    """

    id: DocumentId
    knowledge_base_id: KnowledgeBaseId
    filename: str
    size_bytes: int
    metadata: dict[str, Any]
    status: Literal["processing", "indexed", "failed"]
    stage: str
    version: int
    superseded_by: DocumentId | None
    chunk_count: int
    vector_count: int
    coverage: Coverage | None
    warnings: list[Problem]
    error: Problem | None
    created_at: datetime


PageBox = tuple[float, float, float, float]


class PageBoxes(BaseModel):
    """Where a quote stands on a page."""

    page: int
    boxes: Annotated[
        list[PageBox],
        Field(description="Left, top, right and bottom as fractions of the page's picture; from top to bottom."),
    ]
    matched: Annotated[float, Field(ge=0, le=1, description="Share of the quote that stands on this page.")]


class DocumentChange(Body):
    """``metadata`` takes the place of all that the document has; without it nothing changes."""

    metadata: Annotated[dict[str, Any], Field(default_factory=dict)]


class ChunkView(BaseModel):
    """``origin``: the file's text, a text that people put in its place, or a chunk that they added. One that is not
    ``enabled`` is not searched. ``recognised`` is how sure the text of a picture is, 0 to 1; null for other text.
    """

    id: ChunkId
    sequence: int
    title: str
    content: str
    page: int | None
    origin: Literal["file", "edited", "added"]
    enabled: bool
    recognised: float | None = None


ChunkText = Annotated[Text, Field(min_length=1, max_length=4000)]


class NewChunk(Body):
    """A chunk at the end of a document; without a title it has the file's name."""

    content: ChunkText
    title: Annotated[Text, Field(max_length=500)] = ""


class ChunkChange(Body):
    """Only the fields that are given change."""

    content: ChunkText = ""
    title: Annotated[Text, Field(min_length=1, max_length=500)] = ""
    enabled: bool = True


class RestartAccepted(BaseModel):
    """Number of documents that are processed again, and the embedding model."""

    knowledge_base_id: KnowledgeBaseId
    embedding_model: str
    documents: int
