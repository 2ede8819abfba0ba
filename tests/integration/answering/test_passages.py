"""Searches without an answer, over a real database."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.answering.passages import FoundPassages, find_passages
from voicehelper.answering.service import EmbeddingModelMismatchError, Searcher
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.retrieval.question import Leg, Question

from tests.support.bases import Base, create_base, index_document
from tests.support.fakes import FakeEmbedder
from tests.support.statements import CountedTenant

NEAR, FAR = [1.0] + [0.0] * 383, [0.0] * 383 + [1.0]
QUERY = "电池保修几年"


class _AwayEmbedder(FakeEmbedder):
    def embed_query(self, _: str) -> list[float]:
        raise UpstreamUnavailableError("away")


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    """The words of the question are in the first chunk, its meaning is in the second."""
    base = create_base(admin)
    index_document(admin, base, "保修.md", "电池保修三年。", "蓄电装置的质保期限为三十六个月。", vectors=[FAR, NEAR])
    return base


@pytest.fixture
def tenant(database: Database, base: Base) -> CountedTenant:
    return CountedTenant(database, base.tenant_id)


def search(tenant: CountedTenant, base: Base, embedder: FakeEmbedder | None = None, **more: Any) -> FoundPassages:
    embedder = embedder or FakeEmbedder(vectors={QUERY: NEAR})
    question = Question(QUERY, more.pop("base_ids", [base.kb_id]), "zh", **more)
    return find_passages(tenant, question, Searcher("m", lambda: embedder, PgvectorBackend()))


def texts(found: FoundPassages) -> list[str]:
    return [source.passage.text[:4] for source in found.passages]


@pytest.mark.parametrize(
    ("legs", "first"), [(("words",), "电池保修"), (("meaning",), "蓄电装置"), (("words", "meaning"), "电池保修")]
)
def test_the_legs_that_are_named_rank_the_passages(
    tenant: CountedTenant, base: Base, legs: tuple[Leg, ...], first: str
) -> None:
    found = search(tenant, base, legs=legs)

    assert texts(found)[0] == first
    assert found.legs == legs


def test_a_search_by_words_asks_no_model_for_a_vector(tenant: CountedTenant, base: Base) -> None:
    embedder = FakeEmbedder()

    found = search(tenant, base, embedder, legs=("words",))

    assert (embedder.calls, found.degraded) == (0, ())


def test_passages_are_sources_that_no_answer_cites(tenant: CountedTenant, base: Base) -> None:
    source = search(tenant, base).passages[0]

    assert (source.filename, source.quote, source.is_cited) == ("保修.md", "电池保修三年。", False)


def test_everything_found_is_shown_best_first_and_no_more_than_asked_for(tenant: CountedTenant, base: Base) -> None:
    scores = [source.passage.score for source in search(tenant, base).passages]

    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    assert len(search(tenant, base, top_k=1).passages) == 1


def test_a_search_of_several_bases_ranks_them_together(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base
) -> None:
    other = Base(base.tenant_id, uuid4())
    admin.execute(
        "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model)"
        " VALUES (%s, %s, 'o', 'o', 'm')",
        (other.kb_id, other.tenant_id),
    )
    index_document(admin, other, "更多.md", "电池保修四年，可延长。", vectors=[NEAR])

    found = search(tenant, base, base_ids=[base.kb_id, other.kb_id])

    assert {source.filename for source in found.passages} == {"保修.md", "更多.md"}


def test_a_search_sends_as_many_statements_however_much_it_finds(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base
) -> None:
    """The facts of the bases, the search, the file names."""
    search(tenant, base)
    for number in range(8):
        index_document(admin, base, f"{number}.md", f"电池保修 {number} 年。", vectors=[NEAR])

    assert len(tenant.statements) == 3
    assert len(search(tenant, base, top_k=10).passages) == 10
    assert len(tenant.statements) == 6


def test_without_its_model_the_words_are_searched_and_the_search_says_so(tenant: CountedTenant, base: Base) -> None:
    found = search(tenant, base, _AwayEmbedder())

    assert (texts(found)[0], found.legs, found.degraded) == ("电池保修", ("words",), ("embedding_model",))


def test_one_unknown_base_among_known_ones_is_not_found(tenant: CountedTenant, base: Base) -> None:
    with pytest.raises(KnowledgeBaseNotFoundError):
        search(tenant, base, base_ids=[base.kb_id, uuid4()])


def test_a_base_of_another_model_is_not_searched(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base
) -> None:
    admin.execute("UPDATE knowledge_base SET embedding_model = 'another' WHERE id = %s", (base.kb_id,))

    with pytest.raises(EmbeddingModelMismatchError):
        search(tenant, base)
