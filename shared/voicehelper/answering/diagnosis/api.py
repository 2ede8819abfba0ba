"""Request and response of POST /rag/diagnose."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from voicehelper.answering.api import CONFIDENCE, BaseQuery
from voicehelper.answering.events import Status
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import ChunkId, DocumentId

_Text = StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)


class Expected(Body):
    """The evidence that an answer should rest on: a document, a text of it, or both."""

    document_id: DocumentId | None = None
    filename: Annotated[
        Annotated[str, _Text] | None, Field(description="With or without its ending, in upper or lower case.")
    ] = None
    text: Annotated[
        Annotated[str, _Text] | None, Field(description="Width, punctuation and Chinese script may differ.")
    ] = None

    @model_validator(mode="after")
    def _names_something(self) -> Expected:
        if self.document_id is None and self.filename is None and self.text is None:
            raise ValueError("EXPECTATION_MISSING")
        return self


class DiagnosisRequest(BaseQuery):
    """A question and what its answer should have rested on. Unknown fields are refused."""

    expected: Expected


class DiagnosisStage(BaseModel):
    """``rank`` counts from 1 and is null where the evidence is not; ``score`` is the stage's own."""

    name: str
    rank: int | None
    score: float | None
    seconds: float
    note: str


class ExpectedEvidence(BaseModel):
    document_id: DocumentId | None
    filename: str | None
    chunk_ids: Annotated[list[ChunkId], Field(description="Chunks that hold the evidence, the best ranked first.")]


class Diagnosis(BaseModel):
    """Where the evidence for a question was lost."""

    found: Annotated[bool, Field(description="The answer cites the evidence.")]
    lost_at: Annotated[
        str | None,
        Field(
            description="document, chunking, words_leg, meaning_leg, fusion, a stage of retrieval, or reading; "
            "null if the evidence was cited."
        ),
    ]
    stages: list[DiagnosisStage]
    expected: ExpectedEvidence
    advice: Annotated[str, Field(description="What to change, in the caller's language.")]
    status: Annotated[Status, Field(description="What became of the question.")]
    confidence: Annotated[float, Field(ge=0, le=1, description=CONFIDENCE)]
    answer: str
