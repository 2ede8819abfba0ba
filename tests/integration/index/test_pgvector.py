"""The index against a real PostgreSQL: what is written is found by its tenant alone, and leaves no trace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.index.bm25 import query_counts
from voicehelper.index.chunk import Chunk
from voicehelper.index.pgvector.search import Found, Search, hybrid_search
from voicehelper.index.pgvector.write import (
    add_vectors,
    delete_document_chunks,
    lexical_of,
    packed_vectors,
    replace_document_chunks,
)
from voicehelper.ingestion.store import set_fitness

from tests.support.bases import Base, chunks_of, create_base, create_document

TEXTS = ("空气滤网每 3 个月更换一次。", "锅炉的额定压力是 0.8 MPa。", "The filter is washed every 14 days.")


def write(database: Database, base: Base, document_id: UUID, chunks: list[Chunk]) -> None:
    with database.transaction(base.tenant_id) as conn:
        owner: dict[str, Any] = base.owner(document_id)
        replace_document_chunks(conn, **owner, chunks=chunks, lexical=lexical_of(chunks), metadata={"lang": "zh"})
        add_vectors(conn, **owner, vectors=packed_vectors(chunks, [vector(n) for n in range(len(chunks))]))


def vector(number: int) -> np.ndarray:
    return np.eye(384, dtype=np.float16)[number]


def search(database: Database, base: Base, text: str, *, tenant_id: UUID | None = None, **more: Any) -> list[Found]:
    tenant = tenant_id or base.tenant_id
    wanted = Search(query_counts(text), more.pop("vector", None), **more)
    with database.transaction(tenant) as conn:
        found, _ = hybrid_search(conn, wanted, tenant_id=tenant, kb_ids=[base.kb_id])
    return found


def counters(admin: psycopg.Connection[Any], base: Base) -> tuple[Any, ...]:
    row = admin.execute(
        "SELECT (SELECT coalesce(sum(n), 0) FROM lex_df_page, unnest(df::real[]) AS n WHERE kb_id = %(kb)s), "
        "(SELECT coalesce(sum(chunks), 0) FROM lex_stats WHERE kb_id = %(kb)s), "
        "(SELECT count(*) FROM chunk_vec WHERE kb_id = %(kb)s), (SELECT count(*) FROM chunk_lex WHERE kb_id = %(kb)s)",
        {"kb": base.kb_id},
    ).fetchone()
    assert row
    return tuple(map(int, row))


def test_words_and_vectors_find_what_was_written(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    document_id = create_document(admin, base)
    write(database, base, document_id, chunks_of(document_id, *TEXTS))

    assert search(database, base, "滤网多久更换")[0].content == TEXTS[0]
    assert search(database, base, "濾網多久更換")[0].content == TEXTS[0]
    found = search(database, base, "", vector=[float(x) for x in vector(1)])
    assert found[0].content == TEXTS[1]
    assert found[0].similarity == pytest.approx(1.0, abs=1e-3)
    both = search(database, base, "filter washed", vector=[float(x) for x in vector(2)])
    assert both[0].content == TEXTS[2]
    assert [item.score for item in both] == sorted((item.score for item in both), reverse=True)


def test_writing_again_changes_nothing_and_deleting_leaves_nothing(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    base = create_base(admin)
    document_id, other = create_document(admin, base), create_document(admin, base)
    write(database, base, other, chunks_of(other, "阀门每年检查一次。"))
    before = counters(admin, base)
    write(database, base, document_id, chunks_of(document_id, *TEXTS))
    once = counters(admin, base)
    write(database, base, document_id, chunks_of(document_id, *TEXTS))

    assert counters(admin, base) == once
    with database.transaction(base.tenant_id) as conn:
        delete_document_chunks(conn, **base.owner(document_id))
        delete_document_chunks(conn, **base.owner(document_id))
    assert counters(admin, base) == before
    assert search(database, base, "滤网多久更换") == []


def test_another_tenant_finds_nothing_even_with_the_base_s_id(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    base, stranger = create_base(admin), create_base(admin)
    document_id = create_document(admin, base)
    write(database, base, document_id, chunks_of(document_id, *TEXTS))

    assert search(database, base, "滤网", tenant_id=stranger.tenant_id, vector=[float(x) for x in vector(0)]) == []
    with database.transaction(stranger.tenant_id) as conn:
        assert conn.execute("SELECT count(*) FROM chunk").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute(
                "INSERT INTO document (id, tenant_id, kb_id, filename, size_bytes) VALUES (%s, %s, %s, 'x', 1)",
                (document_id, base.tenant_id, base.kb_id),
            )


def test_a_metadata_filter_holds_for_both_legs(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    document_id = create_document(admin, base)
    write(database, base, document_id, chunks_of(document_id, *TEXTS))
    question: dict[str, Any] = {"vector": [float(x) for x in vector(0)]}

    assert len(search(database, base, "滤网", metadata={"lang": "zh"}, **question)) == 3
    assert search(database, base, "滤网", metadata={"lang": "en"}, **question) == []


def test_a_lost_connection_is_opened_again(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    search(database, base, "滤网")
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    assert search(database, base, "滤网") == []


@pytest.mark.parametrize(("found", "leg"), [(18, True), (3, False)])
def test_the_base_s_own_text_switches_its_vector_leg(
    admin: psycopg.Connection[Any], database: Database, found: int, leg: bool
) -> None:
    base = create_base(admin)
    document_id, later = create_document(admin, base), create_document(admin, base)

    def switched() -> Any:
        row = admin.execute("SELECT vector_leg FROM knowledge_base WHERE id = %s", (base.kb_id,)).fetchone()
        return row and row[0]

    with database.transaction(base.tenant_id) as conn:
        set_fitness(conn, base.event(document_id), found=1, tried=2)
    assert switched() is None  # two sentences say too little
    with database.transaction(base.tenant_id) as conn:
        set_fitness(conn, base.event(later), found=found, tried=20)
        set_fitness(conn, base.event(later), found=found, tried=20)  # a repetition counts once
    assert switched() is leg
