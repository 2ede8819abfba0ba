"""Embeddings by the model of a base, over a real database."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.protocols.openai.embeddings import (
    DimensionsFixedError,
    EmbeddingBody,
    Embeddings,
    TooManyVectorsError,
    embed,
)

from tests.support.bases import Base, create_base


class Embedder:
    """Vectors whose values need nine digits; ``dimensions`` may be said to be more than they are."""

    model = "m"

    def __init__(self, dimensions: int = 3) -> None:
        self.dimensions = dimensions

    def embed_query(self, text: str) -> list[float]:
        return [1 / 3, -0.1, float(len(text))]

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        return [[2 / 3, -0.1, float(len(text))] for text in texts]


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return create_base(admin)


def embedded(database: Database, base: Base, *, current: str = "m", dimensions: int = 3, **more: Any) -> Embeddings:
    body = EmbeddingBody.model_validate({"model": "kb:b", "input": ["a", "four"], **more})
    return embed(body, TenantDatabase(database, base.tenant_id), current, lambda: Embedder(dimensions))


def test_texts_are_embedded_as_passages_in_their_order(database: Database, base: Base) -> None:
    answer = embedded(database, base)

    assert [(item.index, item.embedding) for item in answer.data] == [
        (0, [0.666666667, -0.1, 1.0]),
        (1, [0.666666667, -0.1, 4.0]),
    ]
    assert answer.usage.prompt_tokens == answer.usage.total_tokens == 2
    assert answer.model == "kb:b"


def test_queries_are_embedded_as_queries(database: Database, base: Base) -> None:
    [first, _] = embedded(database, base, input_type="query").data

    assert isinstance(first.embedding, list)
    assert first.embedding[0] == pytest.approx(1 / 3)


def test_base64_is_of_little_endian_floats(database: Database, base: Base) -> None:
    [_, second] = embedded(database, base, encoding_format="base64").data

    assert isinstance(second.embedding, str)
    assert struct.unpack("<3f", base64.b64decode(second.embedding)) == pytest.approx((2 / 3, -0.1, 4.0))


def test_dimensions_cannot_be_chosen(database: Database, base: Base) -> None:
    assert embedded(database, base, dimensions=3).data
    with pytest.raises(DimensionsFixedError):
        embed(
            EmbeddingBody(model="kb:b", input=["a"], dimensions=2),
            TenantDatabase(database, base.tenant_id),
            "m",
            lambda: Embedder(),
        )


def test_an_answer_beyond_what_a_function_may_return_is_refused(database: Database, base: Base) -> None:
    with pytest.raises(TooManyVectorsError) as refused:
        embedded(database, base, dimensions=200_000)

    assert refused.value.details == {"most": 1}


def test_a_base_of_another_model_says_how_to_rebuild_it(database: Database, base: Base) -> None:
    with pytest.raises(EmbeddingModelMismatchError) as refused:
        embedded(database, base, current="newer")

    assert refused.value.details["built_with"] == "m"


def test_an_unknown_base_is_not_found(database: Database, base: Base) -> None:
    with pytest.raises(KnowledgeBaseNotFoundError):
        embedded(database, base, model="text-embedding-3-small")
