"""Request and response of POST /embeddings/analysis, and the analysis of the deployment's own embedding model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from voicehelper.models.protocols import Embedder
from voicehelper.models.quality import Margin, analyse
from voicehelper.shapes.bodies import Body

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class AnalysisRequest(Body):
    """Texts as passages are embedded. Texts of one group are related, those of different groups are not."""

    texts: Annotated[list[_Text], Field(min_length=2, max_length=50)]
    groups: Annotated[
        list[Annotated[str, StringConstraints(max_length=64)]],
        Field(default_factory=list, description="A label for each text; without them there is no margin."),
    ]

    @model_validator(mode="after")
    def _labels_every_text(self) -> AnalysisRequest:
        if self.groups and len(self.groups) != len(self.texts):
            raise ValueError("GROUPS_INCOMPLETE")
        return self


class MarginView(BaseModel):
    """Mean cosines, and the share of (related, unrelated) pairs of which the related one is nearer: 0.5 by chance."""

    related: float
    unrelated: float
    margin: float
    ordered: float


class Dimensions(BaseModel):
    """One value a dimension."""

    mean: list[float]
    deviation: list[float]


class Analysis(BaseModel):
    """How well the embedding model tells the texts apart."""

    model: str
    dimensions: int
    norms: list[float]
    similarity: Annotated[list[list[float]], Field(description="The cosine of each text with each.")]
    per_dimension: Dimensions
    margin: Annotated[MarginView | None, Field(description="Null without related and unrelated texts.")]


def analyse_embeddings(request: AnalysisRequest, embedder: Embedder) -> Analysis:
    quality = analyse(embedder.embed_passages(request.texts), request.groups)
    return Analysis(
        model=embedder.model,
        dimensions=embedder.dimensions,
        norms=_rounded(quality.norms),
        similarity=[_rounded(row) for row in quality.similarity],
        per_dimension=Dimensions(mean=_rounded(quality.mean), deviation=_rounded(quality.deviation)),
        margin=_margin(quality.margin),
    )


def _margin(margin: Margin | None) -> MarginView | None:
    if margin is None:
        return None
    related, unrelated, difference, ordered = _rounded(
        [margin.related, margin.unrelated, margin.margin, margin.ordered]
    )
    return MarginView(related=related, unrelated=unrelated, margin=difference, ordered=ordered)


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(value, 6) for value in values]
