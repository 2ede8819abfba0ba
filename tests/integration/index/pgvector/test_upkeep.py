"""Partial indexes of large bases: made, checked, used, made again and dropped, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4, uuid5

import numpy as np
import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.index.bases import read_bases
from voicehelper.index.bm25 import query_counts
from voicehelper.index.chunk import Chunk, Place
from voicehelper.index.passage import Passage
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.pgvector.large import needs_upkeep
from voicehelper.index.pgvector.search import SEARCH, large_statement, search_values
from voicehelper.index.pgvector.search_large import indexed_legs
from voicehelper.index.pgvector.upkeep import Sizes, keep_up
from voicehelper.index.protocol import SearchRequest

from tests.support.bases import Base, create_base, create_document

SIZES = Sizes(made_from=400, kept_from=200, most_bases=3)
DIMENSIONS = 384
_WORDS = np.array([f"wort{number}" for number in range(4000)])
BACKEND = PgvectorBackend()


def fill(
    admin: psycopg.Connection[Any], base: Base, count: int, *, vectors: Any = None, in_chinese: bool = False
) -> UUID:
    """Passages whose words are as unevenly frequent as those of a language, in one document."""
    dice = np.random.default_rng(count)
    document = create_document(admin, base, f"{uuid4()}.txt")
    opening = "阀门每年检查一次，滤网每月清洗。" * 3 if in_chinese else ""
    texts = [opening + " ".join(_WORDS[np.minimum(dice.zipf(1.3, 30), 4000) - 1]) for _ in range(count)]
    chunks = [
        Chunk(uuid5(document, str(n)), n, "Handbuch", text, Place(page=1), (), 30) for n, text in enumerate(texts)
    ]
    index, ref = base.index(admin), base.ref(document)
    with admin.transaction():
        index.replace_text(ref, BACKEND.prepare_text(chunks), {})
        vectors = embedded(count) if vectors is None else vectors
        index.add_vectors(ref, BACKEND.prepare_vectors(chunks, list(vectors)))
    admin.execute("ANALYZE")
    return document


def embedded(count: int, *, seed: int = 3) -> Any:
    """A common direction and deviations in few dimensions, as vectors of text have."""
    dice, axes = np.random.default_rng(seed), np.random.default_rng(5).normal(size=(25, DIMENSIONS))
    return (4 * axes[0] + dice.normal(size=(count, 24)) @ axes[1:]).astype(np.float16)


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return create_base(admin)


def made(admin: psycopg.Connection[Any]) -> dict[str, bool]:
    """{index: whether it is valid}"""
    found = "SELECT relname, indisvalid FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid WHERE relname LIKE %s"
    return dict(admin.execute(found, ["large\\_%\\_%\\_%"]).fetchall()) | dict(
        admin.execute(found, ["large\\_%\\_words"]).fetchall()
    )


def kinds(database: Database, base: Base) -> set[str]:
    with database.transaction(base.tenant_id) as tx:
        return set(read_bases(tx, [base.kb_id])[0].indexes)


def request_of(base: Base, text: str, vector: Any, indexes: Collection[str] = (), **more: Any) -> SearchRequest:
    """``vector`` is an array, as the built-in model gives it."""
    return SearchRequest([base.kb_id], query_counts(text), vector, cross_lingual_limit=2, indexes=indexes, **more)


def nearest(passages: Sequence[Passage]) -> list[UUID]:
    return [passage.chunk_id for passage in passages if passage.vector_rank and passage.vector_rank <= 10]


def plan_of(admin: psycopg.Connection[Any], base: Base, request: SearchRequest) -> str:
    legs = indexed_legs(request)
    statement = large_statement(request.legs, legs) if any(legs) else SEARCH[request.legs, bool(request.metadata)]
    values = search_values(request) | {"tenant_id": base.tenant_id}
    return "\n".join(row[0] for row in admin.execute(b"EXPLAIN " + statement.encode(), values))


def test_a_large_base_gets_indexes_of_its_own_and_a_search_uses_them(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    fill(admin, base, 3000)
    other = create_base(admin)
    fill(admin, other, 100)

    names = keep_up(admin, sizes=SIZES)
    plan = plan_of(admin, base, request_of(base, "wort90 wort300", embedded(1, seed=9)[0], kinds(database, base)))

    prefix = f"large_{base.kb_id.hex}"
    assert made(admin) == {f"{prefix}_words": True, f"{prefix}_others_384": True} == dict.fromkeys(names, True)
    assert kinds(database, base) == {"words", "others"}
    assert kinds(database, other) == set()
    assert f"Bitmap Index Scan on {prefix}_words" in plan
    assert f"Index Scan using {prefix}_others_384" in plan


@pytest.mark.parametrize("in_chinese", [True, False])
@pytest.mark.parametrize(
    "text", ["wort1 wort2", "wort900 wort1", "wort3999", "wort1", "kein wort davon", "wort5 wort40 wort700 wort1200"]
)
def test_the_words_index_finds_what_the_scan_finds(
    admin: psycopg.Connection[Any], database: Database, base: Base, text: str, in_chinese: bool
) -> None:
    fill(admin, base, 1500, in_chinese=in_chinese)
    keep_up(admin, sizes=SIZES)
    exact = request_of(base, text, embedded(1, seed=9)[0], is_chinese=in_chinese)

    by_scan = base.index(admin).search(exact)
    by_index = base.index(admin).search(replace(exact, indexes={"words"}))

    assert "words" in kinds(database, base)
    assert sorted(by_index.passages, key=lambda p: p.chunk_id) == sorted(by_scan.passages, key=lambda p: p.chunk_id)
    assert by_index.idf == by_scan.idf


def test_the_graph_finds_the_nearest_on_the_topic_and_off_it(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    fill(admin, base, 3000)
    fill(admin, base, 2000, vectors=embedded(2000, seed=4), in_chinese=True)
    keep_up(admin, sizes=SIZES)
    on_topic, off_topic = embedded(20, seed=9), np.random.default_rng(1).normal(size=(20, DIMENSIONS))

    indexes, shares = kinds(database, base), []
    for number, vector in enumerate([*on_topic, *off_topic]):
        exact = request_of(base, "wort7", vector, is_chinese=bool(number % 2))
        by_scan = base.index(admin).search(exact).passages
        by_graph = base.index(admin).search(replace(exact, indexes=indexes)).passages
        shares.append(len(set(nearest(by_scan)) & set(nearest(by_graph))) / 10)

    assert kinds(database, base) == {"words", "others", "chinese"}
    assert np.mean(shares[:20]) >= 0.99
    assert np.mean(shares[20:]) >= 0.99


def test_a_graph_that_misses_what_is_near_is_not_kept_and_not_made_again(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    far_apart = np.random.default_rng(2).normal(size=(100, DIMENSIONS)).astype(np.float16)
    fill(admin, base, 10_000, vectors=np.repeat(far_apart, 100, axis=0))

    first = keep_up(admin, sizes=SIZES)
    second = keep_up(admin, sizes=SIZES)

    assert (len(first), second) == (2, [])
    assert kinds(database, base) == {"words"}
    assert list(made(admin)) == [f"large_{base.kb_id.hex}_words"]


@pytest.mark.parametrize("change", [{"metadata": {"area": "x"}}, {"kb_ids": 2}, {"indexes": ()}])
def test_a_filter_a_second_base_or_no_index_leave_the_statement_as_it_is(base: Base, change: dict[str, Any]) -> None:
    if "kb_ids" in change:
        change = {"kb_ids": [base.kb_id, uuid4()]}
    request = replace(request_of(base, "wort1", embedded(1)[0], {"words", "others", "chinese"}), **change)

    assert not any(indexed_legs(request))


@pytest.mark.parametrize("attempts", [1, 2])
def test_an_index_that_was_interrupted_is_made_again(
    admin: psycopg.Connection[Any], database: Database, base: Base, attempts: int
) -> None:
    fill(admin, base, 3000)
    for _ in range(attempts):
        _interrupt(admin)
        assert False in made(admin).values()
        assert kinds(database, base) == set()

    keep_up(admin, sizes=SIZES)

    assert set(made(admin).values()) == {True}
    assert kinds(database, base) == {"words", "others"}


def test_an_index_that_cannot_be_made_is_given_up(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    fill(admin, base, 3000)
    _interrupt(admin)
    admin.execute("UPDATE large_index SET attempts = 3")

    names = keep_up(admin, sizes=SIZES)

    assert not [name for name in names if "others" in name]
    assert kinds(database, base) == {"words"}
    assert list(made(admin)) == [f"large_{base.kb_id.hex}_words"]


def _interrupt(admin: psycopg.Connection[Any]) -> None:
    """Another transaction, older than the index, holds its making up until the server gives up waiting."""
    with psycopg.connect(admin.info.dsn, password=admin.info.password) as older:
        older.execute("SELECT count(*) FROM chunk_vec; UPDATE chunk_vec SET han = han WHERE false")
        older.execute("LOCK TABLE chunk_vec IN ROW EXCLUSIVE MODE")
        with pytest.raises(psycopg.errors.QueryCanceled):
            keep_up(admin, sizes=SIZES, milliseconds_left=1500)
    admin.execute("RESET statement_timeout")


def test_one_run_at_a_time(admin: psycopg.Connection[Any], base: Base) -> None:
    fill(admin, base, 500)
    with psycopg.connect(admin.info.dsn, password=admin.info.password, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(7205759404)")

        assert keep_up(admin, sizes=SIZES) == []
        other.execute("SELECT pg_advisory_unlock(7205759404)")

    assert len(keep_up(admin, sizes=SIZES)) == 2


def test_indexes_of_a_base_that_shrank_or_went_are_dropped(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    document, gone = fill(admin, base, 450), create_base(admin)
    fill(admin, base, 150)
    fill(admin, gone, 450)
    keep_up(admin, sizes=SIZES)
    assert len(made(admin)) == 4

    with admin.transaction():
        base.index(admin).delete(base.ref(document))
    admin.execute("DELETE FROM knowledge_base WHERE id = %s", [gone.kb_id])
    keep_up(admin, sizes=SIZES)

    assert made(admin) == {}
    assert kinds(database, base) == set()


def test_only_the_largest_bases_have_indexes(admin: psycopg.Connection[Any], database: Database) -> None:
    bases = [create_base(admin) for _ in range(4)]
    for number, each in enumerate(bases):
        fill(admin, each, 410 + number)

    keep_up(admin, sizes=SIZES)

    assert [bool(kinds(database, each)) for each in bases] == [False, True, True, True]


def test_a_base_embedded_anew_gets_new_indexes(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    document = fill(admin, base, 500)
    keep_up(admin, sizes=SIZES)

    with database.transaction(base.tenant_id) as tx:
        BACKEND.open(tx).drop_vectors(base.kb_id)
        wider = np.random.default_rng(0).normal(size=(500, 8)) @ np.random.default_rng(1).normal(size=(8, 512))
        chunks = [row[0] for row in tx.connection.execute("SELECT id FROM chunk ORDER BY seq")]
        for number, chunk in enumerate(chunks):
            tx.connection.execute(
                "INSERT INTO chunk_vec (chunk_id, tenant_id, kb_id, han, embedding) VALUES (%s, %s, %s, false, %s)",
                (chunk, base.tenant_id, base.kb_id, str(wider[number].tolist())),
            )
    before = kinds(database, base)
    keep_up(admin, sizes=SIZES)

    assert document
    assert before == {"words"}
    assert set(made(admin)) == {f"large_{base.kb_id.hex}_words", f"large_{base.kb_id.hex}_others_512"}


def test_a_base_is_due_once_it_is_large_and_again_when_it_has_doubled(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    def is_due(of: Base) -> bool:
        with database.transaction(of.tenant_id) as tx:
            return needs_upkeep(tx, of.kb_id, large=SIZES.made_from)

    fill(admin, base, 390)
    small = is_due(base)
    fill(admin, base, 20)
    large = is_due(base)
    keep_up(admin, sizes=SIZES)
    looked_after = is_due(base)
    fill(admin, base, 420)

    assert (small, large, looked_after, is_due(base)) == (False, True, False, True)
    assert not is_due(Base(uuid4(), base.kb_id)), "of another tenant"


def test_another_tenant_sees_no_index_of_a_base(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    fill(admin, base, 500)
    keep_up(admin, sizes=SIZES)
    stranger = create_base(admin)

    with database.transaction(stranger.tenant_id) as tx:
        assert [facts.indexes for facts in read_bases(tx, None)] == [[]]
        BACKEND.open(tx).drop_vectors(base.kb_id)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tx.connection.transaction():
            tx.connection.execute("UPDATE large_index SET usable = true")

    assert kinds(database, base) == {"words", "others"}
