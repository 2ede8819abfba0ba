"""Arguments and results of the tools, from which their JSON schemas are made."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from voicehelper.answering.events import Status
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import DocumentId, KnowledgeBaseId

Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
BaseName = Annotated[
    str | None,
    Field(
        max_length=200,
        description="Name or id of the knowledge base, as list_bases shows them. Left out, all bases are searched.",
    ),
]


class ListBases(Body):
    page: Annotated[int, Field(ge=1, le=10_000, description="Pages have 50 bases, newest first.")] = 1


class ListedBase(BaseModel):
    id: KnowledgeBaseId
    name: str
    display_name: str
    description: str
    document_count: int


class Bases(BaseModel):
    bases: list[ListedBase]
    has_next: bool


class Search(Body):
    query: Annotated[Query, Field(description="What to look for, in words or as a question, in any language.")]
    base: BaseName = None
    top_k: Annotated[int, Field(ge=1, le=20, description="Number of passages.")] = 5


class FoundPassage(BaseModel):
    document_id: DocumentId
    filename: str
    title: str
    page: int | None
    content: str
    score: Annotated[float, Field(ge=0, le=1)]
    url: Annotated[str, Field(description="Opens the document at its page, without a token, for one hour.")]


class Passages(BaseModel):
    passages: list[FoundPassage]


class GetDocument(Body):
    document_id: Annotated[DocumentId, Field(description="As search and ask return it: doc-…")]
    first_section: Annotated[int, Field(ge=0, le=1_000_000, description="From next_section of the call before.")] = 0
    sections: Annotated[int, Field(ge=1, le=50, description="Most sections to return.")] = 20


class Section(BaseModel):
    title: str
    page: int | None
    content: str


class DocumentText(BaseModel):
    document_id: DocumentId
    filename: str
    status: Literal["processing", "indexed", "failed"]
    error: Annotated[str | None, Field(description="Why the document could not be read.")]
    metadata: dict[str, Any]
    pages: int | None
    section_count: int
    sections: Annotated[list[Section], Field(description="In the document's order; neighbours may overlap.")]
    next_section: Annotated[int | None, Field(description="Where to read on; null at the end.")]
    url: str


class Ask(Body):
    question: Annotated[Query, Field(description="One question, in Chinese or English.")]
    base: BaseName = None


class Citation(BaseModel):
    number: Annotated[int, Field(description="The mark [n] in the answer.")]
    document_id: DocumentId
    filename: str
    title: str
    page: int | None
    quote: Annotated[str, Field(description="The sentence that the answer rests on.")]
    url: str


class AnswerWithCitations(BaseModel):
    answer: str
    status: Annotated[Status, Field(description="refused: the documents do not say it. unavailable: ask again later.")]
    confidence: Annotated[float, Field(ge=0, le=1)]
    citations: list[Citation]
