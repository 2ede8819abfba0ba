"""Embeddings of texts by the model that a base was built with; ``embed`` is the entry."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Sequence
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.charging import charge_alone, read_by
from voicehelper.answering.service import require_model
from voicehelper.errors import InvalidInputError
from voicehelper.models.pricing import Tariff
from voicehelper.models.protocols import Embedder, Vector
from voicehelper.protocols.bases import find_base
from voicehelper.protocols.bodies import ProtocolBody
from voicehelper.text.tokens import approximate_tokens

MOST_TEXTS: Final = 512
# Of one call, which the gateway waits 30 s for: the built-in model reads some 6,000 in a second.
MOST_TOKENS: Final = 32_000
# Of an answer; a function may return 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MOST_BYTES: Final = 5_000_000
_BYTES_PER_VALUE: Final = {"float": 16, "base64": 6}
_DIGITS: Final = 9  # which tell all 32-bit floats apart

Format = Literal["float", "base64"]


class DimensionsFixedError(InvalidInputError):
    code = "DIMENSIONS_FIXED"


class TooManyVectorsError(InvalidInputError):
    code = "TOO_MANY_VECTORS"


def _texts(value: object) -> object:
    """A list, of whatever was sent. ValueError for texts that a client has cut into tokens of another model."""
    values = value if isinstance(value, list) else [value]
    if any(isinstance(item, (int, list)) for item in values):
        raise ValueError("INPUT_NOT_TEXT")
    return values


def _within_time(texts: list[str]) -> list[str]:
    if sum(map(approximate_tokens, texts)) > MOST_TOKENS:
        raise ValueError("INPUT_TOO_LONG")
    return texts


class EmbeddingBody(ProtocolBody):
    model: Annotated[str, Field(min_length=1, max_length=200, description="kb:<name> or the id of a knowledge base.")]
    input: Annotated[
        list[Annotated[str, Field(min_length=1)]],
        Field(min_length=1, max_length=MOST_TEXTS, description="Texts; tokens are refused."),
        BeforeValidator(_texts, json_schema_input_type=str | list[str]),
        AfterValidator(_within_time),
    ]
    encoding_format: Format | None = None
    dimensions: Annotated[int, Field(ge=1)] | None = None
    input_type: Annotated[
        Literal["query", "search_query", "passage", "document", "search_document"] | None,
        Field(description="What the texts are for the model: questions, or else passages."),
    ] = None

    @property
    def are_queries(self) -> bool:
        return self.input_type in ("query", "search_query")


class EmbeddingItem(BaseModel):
    object: Literal["embedding"] = "embedding"
    index: int
    embedding: Annotated[list[float] | str, Field(description="Of unit length; base64 is of 32-bit floats.")]


class EmbeddingUsage(BaseModel):
    prompt_tokens: int
    total_tokens: int


class Embeddings(BaseModel):
    object: Literal["list"] = "list"
    data: list[EmbeddingItem]
    model: str
    usage: EmbeddingUsage


def embed(
    body: EmbeddingBody,
    tenant: TenantDatabase,
    model: str,
    embedder: Callable[[], Embedder],
    tariff: Tariff | None = None,
) -> Embeddings:
    """``model`` is the deployment's own, and ``embedder`` loads it; ``tariff`` is that of a hosted one.

    Raises KnowledgeBaseNotFoundError, EmbeddingModelMismatchError for a base that was built with another model,
    DimensionsFixedError and TooManyVectorsError.
    """
    with tenant.transaction() as tx:
        base = find_base(tx, body.model)
        require_model([base], model)
    loaded = embedder()
    encoding: Format = body.encoding_format or "float"
    _require_shape(body, loaded.dimensions, encoding)
    vectors = _vectors(body, loaded)
    tokens = sum(map(approximate_tokens, body.input))
    if tariff:
        charge_alone(tenant, read_by(tariff, tokens, base.id))
    return Embeddings(
        data=[EmbeddingItem(index=n, embedding=_encoded(vector, encoding)) for n, vector in enumerate(vectors)],
        model=body.model,
        usage=EmbeddingUsage(prompt_tokens=tokens, total_tokens=tokens),
    )


def _require_shape(body: EmbeddingBody, dimensions: int, encoding: Format) -> None:
    if body.dimensions not in (None, dimensions):
        raise DimensionsFixedError(details={"dimensions": dimensions})
    most = MOST_BYTES // (dimensions * _BYTES_PER_VALUE[encoding])
    if len(body.input) > most:
        raise TooManyVectorsError(details={"most": most})


def _vectors(body: EmbeddingBody, embedder: Embedder) -> Sequence[Vector]:
    if body.are_queries:
        return [embedder.embed_query(text) for text in body.input]
    return embedder.embed_passages(body.input)


def _encoded(vector: Vector, encoding: Format) -> list[float] | str:
    if encoding == "base64":
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    return [float(f"{value:.{_DIGITS}g}") for value in vector]
