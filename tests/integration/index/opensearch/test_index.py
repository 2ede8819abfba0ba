"""What OpenSearch's index does beyond every ``ChunkIndex``: it never decides, and its absence is no failure."""

from __future__ import annotations

import random
from typing import Any, Final
from uuid import UUID

import pytest
from voicehelper.adapters.database import Database
from voicehelper.adapters.opensearch import WRITING, OpenSearch
from voicehelper.index.bm25 import query_counts
from voicehelper.index.fusion import fuse
from voicehelper.index.opensearch.index import Availability, OpenSearchBackend
from voicehelper.index.opensearch.recall import recall
from voicehelper.index.opensearch.upkeep import Target
from voicehelper.index.protocol import Hits, SearchRequest

from tests.integration.index.conftest import Store
from tests.integration.index.test_chunk_index import TEXTS, indexed, vector, write
from tests.support.bases import Base, chunks_of

WORDS: Final = "pump valve filter boiler operator cleans replaces 锅炉 阀门 滤网 压力 更换 检查 每年 三个月".split(" ")  # noqa: SIM905


def hits(store: Store, base: Base, text: str, **more: Any) -> Hits:
    with store.open(base.tenant_id) as index:
        return index.search(SearchRequest([base.kb_id], query_counts(text), **more))


def texts(found: Hits) -> set[str]:
    return {passage.text for passage in found.passages}


@pytest.mark.parametrize("seed", range(2))
def test_the_ranking_is_that_of_the_database(
    opensearch_store: Store, pgvector_store: Store, database: Database, target: Target, seed: int
) -> None:
    chance = random.Random(seed)
    base = opensearch_store.new_base()
    for _ in range(4):
        document_id = opensearch_store.new_document(base)
        chunks = chunks_of(document_id, *(" ".join(chance.choices(WORDS, k=chance.randint(3, 40))) for _ in range(60)))
        vectors = [[chance.gauss(0, 1) for _ in range(32)] for _ in chunks]
        with opensearch_store.open(base.tenant_id) as index:
            index.replace_text(base.ref(document_id), opensearch_store.backend.prepare_text(chunks), {})
            index.add_vectors(base.ref(document_id), opensearch_store.backend.prepare_vectors(chunks, vectors))
    request = SearchRequest(
        [base.kb_id],
        query_counts("锅炉 阀门 pressure filter"),
        [chance.gauss(0, 1) for _ in range(32)],
        leg_limit=20,
        cross_lingual_limit=2,
        is_chinese=True,
    )

    with opensearch_store.open(base.tenant_id) as index:
        by_opensearch = index.search(request)
    with pgvector_store.open(base.tenant_id) as index:
        by_database = index.search(request)

    assert not by_opensearch.is_fallback
    assert by_opensearch.idf == by_database.idf
    assert fuse(by_opensearch.passages, request.legs) == fuse(by_database.passages, request.legs)


def test_every_query_is_about_one_tenant_and_its_bases(opensearch_store: Store, target: Target) -> None:
    base, _ = indexed(opensearch_store)
    other, _ = indexed(opensearch_store)
    weights = dict.fromkeys(query_counts("滤网 锅炉 filter"), 1.0)

    def found(tenant_id: UUID, kb_id: UUID) -> int:
        request = SearchRequest([kb_id], query_counts("滤网"), vector(0), cross_lingual_limit=2)
        return len(recall(target.client, target.name, tenant_id, request, weights).chunk_ids)

    assert (found(base.tenant_id, base.kb_id), found(other.tenant_id, other.kb_id)) == (3, 3)
    assert (found(base.tenant_id, other.kb_id), found(other.tenant_id, base.kb_id)) == (0, 0)


def test_a_chunk_that_opensearch_takes_for_the_callers_is_not_shown(opensearch_store: Store, target: Target) -> None:
    base, _ = indexed(opensearch_store)
    _, document_id = indexed(opensearch_store, ["滤网 secret of the neighbour"])
    stolen = chunks_of(document_id, "滤网 secret of the neighbour")[0].chunk_id
    change = {"doc": {"tenant_id": str(base.tenant_id), "kb_id": str(base.kb_id)}}
    target.client.call("POST", f"/{target.name}/_update/{stolen}", change, tries=WRITING)
    target.client.call("POST", f"/{target.name}/_refresh", tries=WRITING)

    found = hits(opensearch_store, base, "滤网 secret", vector=vector(0))

    assert not found.is_fallback
    assert texts(found) == set(TEXTS)


def test_what_is_deleted_or_replaced_never_answers_before_opensearch_knows(
    opensearch_store: Store, opensearch_behind_store: Store
) -> None:
    base, replaced = indexed(opensearch_store)
    deleted = opensearch_store.new_document(base)
    write(opensearch_store, base, deleted, ["滤网 of the deleted"])

    write(opensearch_behind_store, base, replaced, ["滤网每年更换一次。"])
    with opensearch_behind_store.open(base.tenant_id) as index:
        index.delete(base.ref(deleted))
    found = hits(opensearch_behind_store, base, "滤网", vector=vector(0))

    assert texts(found) == {"滤网每年更换一次。"}


def test_new_chunks_answer_before_opensearch_knows_beside_those_it_has(
    opensearch_store: Store, opensearch_behind_store: Store
) -> None:
    base, _ = indexed(opensearch_store)
    write(opensearch_behind_store, base, opensearch_store.new_document(base), ["滤网由厂家更换。"])

    found = hits(opensearch_behind_store, base, "滤网", vector=vector(0))

    assert not found.is_fallback
    assert texts(found) == {*TEXTS, "滤网由厂家更换。"}


def test_a_base_with_another_model_is_found_by_the_new_vectors(opensearch_store: Store) -> None:
    base, document_id = indexed(opensearch_store)
    chunks = chunks_of(document_id, *TEXTS)
    short = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    with opensearch_store.open(base.tenant_id) as index:
        index.drop_vectors(base.kb_id)
    with opensearch_store.open(base.tenant_id) as index:
        index.add_vectors(base.ref(document_id), opensearch_store.backend.prepare_vectors(chunks, short))

    found = hits(opensearch_store, base, "", vector=short[1], leg_limit=1)

    assert (found.is_fallback, texts(found)) == (False, {TEXTS[1]})


def test_a_question_of_thousands_of_words_is_searched(opensearch_store: Store) -> None:
    base, _ = indexed(opensearch_store)
    long = " ".join(f"word{number}" for number in range(3_000))

    found = hits(opensearch_store, base, f"{long} 滤网")

    assert not found.is_fallback
    assert TEXTS[0] in texts(found)


def test_an_index_that_has_lost_chunks_is_not_believed(opensearch_store: Store, target: Target) -> None:
    base, _ = indexed(opensearch_store)
    target.client.call("DELETE", f"/{target.name}", tries=WRITING)

    found = hits(opensearch_store, base, "滤网", vector=vector(0))

    assert found.is_fallback
    assert texts(found) == set(TEXTS)


def test_while_nobody_listens_the_database_is_searched_and_asked_again_later(
    opensearch_store: Store, database: Database, target: Target
) -> None:
    base, _ = indexed(opensearch_store)
    now = [0.0]
    nobody = OpenSearchBackend(OpenSearch("http://127.0.0.1:9"), target.name, Availability(lambda: now[0]))

    def search() -> Hits:
        with database.transaction(base.tenant_id) as tx:
            return nobody.open(tx).search(SearchRequest([base.kb_id], query_counts("滤网"), vector(0)))

    away = search()
    nobody.client = target.client
    at_once = search()
    now[0] = 10.0
    later = search()

    assert [texts(found) for found in (away, at_once, later)] == [set(TEXTS)] * 3
    assert [found.is_fallback for found in (away, at_once, later)] == [True, True, False]
