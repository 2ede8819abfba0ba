"""What only the index in PostgreSQL has to hold: counters, policies, and agreement with the index in memory."""

from __future__ import annotations

import itertools
from typing import Any

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.index.pgvector.graph import LINKS
from voicehelper.index.pgvector.search import SEARCH, large_statement
from voicehelper.index.pgvector.search_large import LargeLegs
from voicehelper.index.protocol import Legs
from voicehelper.ingestion.store import set_fitness

from tests.integration.index.conftest import Store
from tests.integration.index.test_chunk_index import (
    TEXTS,
    indexed,
    links,
    search,
    vector,
    write,
    write_titled,
)
from tests.support.bases import Base, create_base, create_document


def counters(admin: psycopg.Connection[Any], base: Base) -> tuple[int, ...]:
    """(document frequencies, chunks, vectors, lexical rows) of the base."""
    row = admin.execute(
        "SELECT (SELECT coalesce(sum(n), 0) FROM lex_df_page, unnest(df::real[]) AS n WHERE kb_id = %(kb)s), "
        "(SELECT coalesce(sum(chunks), 0) FROM lex_stats WHERE kb_id = %(kb)s), "
        "(SELECT count(*) FROM chunk_vec WHERE kb_id = %(kb)s), (SELECT count(*) FROM chunk_lex WHERE kb_id = %(kb)s)",
        {"kb": base.kb_id},
    ).fetchone()
    assert row
    return tuple(map(int, row))


def test_counters_are_the_same_after_writing_twice_and_after_deleting(
    admin: psycopg.Connection[Any], pgvector_store: Store
) -> None:
    base, _ = indexed(pgvector_store, ["阀门每年检查一次。"])
    document_id = pgvector_store.new_document(base)
    before = counters(admin, base)
    write(pgvector_store, base, document_id)
    once = counters(admin, base)

    write(pgvector_store, base, document_id)
    twice = counters(admin, base)
    with pgvector_store.open(base.tenant_id) as index:
        index.delete(base.ref(document_id))
        index.delete(base.ref(document_id))

    assert twice == once
    assert counters(admin, base) == before


@pytest.mark.parametrize("text", ["滤网多久更换", "filter washed", "压力"])
@pytest.mark.parametrize("number", [None, 0, 2])
@pytest.mark.parametrize("leg_limit", [1, 50])
def test_both_indexes_rank_and_score_alike(
    pgvector_store: Store, memory_store: Store, text: str, number: int | None, leg_limit: int
) -> None:
    ranked = []
    for store in (pgvector_store, memory_store):
        base, _ = indexed(store)
        query = None if number is None else vector(number)
        limits: dict[str, Any] = {"leg_limit": leg_limit, "cross_lingual_limit": 2}
        passages = search(store, base, text, vector=query, is_chinese=True, **limits)
        ranked.append(sorted((-round(p.score, 3), round(p.bm25, 3), p.text) for p in passages))

    assert ranked[0] == ranked[1]
    assert ranked[0]


def test_row_level_security_is_the_second_line(
    admin: psycopg.Connection[Any], database: Database, pgvector_store: Store
) -> None:
    base, document_id = indexed(pgvector_store)
    stranger = create_base(admin)

    with database.transaction(stranger.tenant_id) as tx:
        assert tx.count("SELECT count(*) FROM chunk") == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tx.connection.transaction():
            tx.connection.execute(
                "INSERT INTO document (id, tenant_id, kb_id, filename, size_bytes) VALUES (%s, %s, %s, 'x', 1)",
                (document_id, base.tenant_id, base.kb_id),
            )


@pytest.mark.parametrize(("legs", "filtered"), SEARCH)
def test_every_statement_filters_by_tenant_and_base_in_each_scan(legs: Legs, filtered: bool) -> None:
    statement = SEARCH[legs, filtered]

    expected = 1 + {"both": 3, "lexical": 1, "vector": 2}[legs]  # the counters, and each scan

    assert statement.count("tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s)") == expected


def test_a_lost_connection_is_opened_again(admin: psycopg.Connection[Any], pgvector_store: Store) -> None:
    base, _ = indexed(pgvector_store)
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    assert search(pgvector_store, base, "滤网")[0].text == TEXTS[0]


@pytest.mark.parametrize(("found", "leg"), [(18, True), (3, False)])
def test_the_text_of_a_base_switches_its_vector_leg(
    admin: psycopg.Connection[Any], database: Database, found: int, leg: bool
) -> None:
    base = create_base(admin)
    document_id, later = create_document(admin, base), create_document(admin, base)

    def vector_leg() -> Any:
        row = admin.execute("SELECT vector_leg FROM knowledge_base WHERE id = %s", (base.kb_id,)).fetchone()
        return row and row[0]

    with database.transaction(base.tenant_id) as tx:
        set_fitness(tx, base.event(document_id), found=1, tried=2)
    after_two_sentences = vector_leg()
    with database.transaction(base.tenant_id) as tx:
        set_fitness(tx, base.event(later), found=found, tried=20)
        set_fitness(tx, base.event(later), found=found, tried=20)  # a repetition counts once

    assert after_two_sentences is None, "two sentences say too little"
    assert vector_leg() is leg


@pytest.mark.parametrize("legs", ["both", "lexical", "vector"])
@pytest.mark.parametrize("indexed", [LargeLegs(*which) for which in itertools.product([True, False], repeat=3)])
def test_every_statement_by_indexes_filters_by_tenant_and_base_in_each_scan(legs: Legs, indexed: LargeLegs) -> None:
    statement = large_statement(legs, indexed)

    by_words = 0 if legs == "vector" else 1 + indexed.words  # the index, and the scan where it does not decide
    expected = 1 + by_words + (0 if legs == "lexical" else 2)

    assert statement.count("tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s)") == expected


@pytest.mark.parametrize(("legs", "filtered"), SEARCH)
def test_a_base_without_indexes_is_searched_by_the_statement_without_any(legs: Legs, filtered: bool) -> None:
    assert "lex_terms" not in SEARCH[legs, filtered]
    assert "vector_dims" not in SEARCH[legs, filtered]


def test_the_statement_of_links_filters_by_tenant_and_base_at_each_table() -> None:
    for table in ("chunk_entity AS e", "chunk_lex\n"):
        for part in LINKS.split(f" {table}")[1:]:
            assert "tenant_id = %(tenant_id)s" in part[:200]
            assert "kb_id = ANY(%(kb_ids)s)" in part[:200]


def test_row_level_security_holds_for_names_too(
    admin: psycopg.Connection[Any], database: Database, pgvector_store: Store
) -> None:
    base, _ = indexed(pgvector_store)
    stranger = create_base(admin)

    with database.transaction(stranger.tenant_id) as tx:
        seen = tx.count("SELECT count(*) FROM chunk_entity WHERE tenant_id <> %(tenant_id)s")
    with database.transaction(base.tenant_id) as tx:
        own = tx.count("SELECT count(*) FROM chunk_entity WHERE tenant_id = %(tenant_id)s")

    assert (seen, own > 0) == (0, True)


def test_both_indexes_link_alike(pgvector_store: Store, memory_store: Store) -> None:
    found = []
    for store in (pgvector_store, memory_store):
        base = store.new_base()
        chunks = [
            write_titled(store, base, title, text)
            for title, text in (
                ("Varn Bridge", "The crossing was designed by Helga Moritz. Otto Brandt paid."),
                ("Helga Moritz", "The engineer was born near Ostrel Bay."),
                ("Ledger", "Otto Brandt is a banker. 周岚的办公室在三楼。"),
                ("Ostrel Bay", "A bay of 周岚."),
            )
        ]
        names = {chunk.chunk_id: chunk.title for chunk in chunks}
        linked = links(store, base, chunks[0], question="Who paid for Varn Bridge?")
        found.append(
            {
                (names.get(one.source or base.kb_id), names[one.passage.chunk_id], one.phrase, one.hop, one.frequency)
                for one in linked
            }
        )

    assert len(found[0]) == 3
    assert found[0] == found[1]
