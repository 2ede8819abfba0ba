"""Filters: PostgreSQL, the index in memory and the plain reading agree; they restrict each leg and the graph."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from voicehelper.adapters.database import Database
from voicehelper.index.bm25 import query_counts
from voicehelper.index.filter_reading import passes
from voicehelper.index.filters import parse_filter
from voicehelper.index.memory import MemoryBackend, MemoryIndex
from voicehelper.index.pgvector.conditions import filter_condition, passing_documents
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.protocol import ChunkIndex, IndexBackend, SearchRequest

from tests.integration.index.conftest import Store
from tests.integration.index.test_chunk_index import indexed, links, search, vector, write, write_titled
from tests.support.bases import chunks_of, create_base, create_document

KEYS = st.sampled_from(["year", "tags", "a", "b", "a.b", "部门", "when"])
DATES = st.sampled_from(
    [
        "2024-02-29", "2023-02-29", "2024-03-01", "2024-02-29T00:00:00Z", "2024-03-01T05:30+08:00", "2024-02-29 10:11",
        "2024-02-28T22:00:00.25-0500", "2024-02-29T24:00", "9999-12-31",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(["", "a", "A", "b", "ab", "北京", "北", "é", "z", "10", "9", "'; --", "%s", "{}"])
NUMBERS = st.one_of(
    st.integers(-3, 3), st.sampled_from([0.1, 1.0, -0.0, 2.5, 1e22, 10**22, 1e23, 10**23, 2**53 + 1, float(2**53)])
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, DATES)
VALUES = st.recursive(
    SCALARS, lambda v: st.one_of(st.lists(v, max_size=3), st.dictionaries(KEYS, v, max_size=2)), max_leaves=5
)
METADATA = st.dictionaries(KEYS, VALUES, max_size=5)
FIELDS = st.one_of(KEYS, st.sampled_from(["metadata.a.b", "b.year", "a.a.b", "document.filename", "document.type"]))
ORDERED = st.one_of(NUMBERS, TEXTS, DATES)
CONDITIONS = st.one_of(
    st.fixed_dictionaries({"eq": VALUES}),
    st.fixed_dictionaries({"ne": VALUES}),
    st.fixed_dictionaries({"in": st.lists(SCALARS, max_size=4)}),
    *(st.fixed_dictionaries({name: ORDERED}) for name in ("lt", "lte", "gt", "gte")),
    st.fixed_dictionaries({"gte": ORDERED, "lt": ORDERED}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"contains": VALUES.filter(lambda value: value is not None)}),
)
LEAVES = st.one_of(
    st.dictionaries(FIELDS, CONDITIONS, min_size=1, max_size=2), st.dictionaries(KEYS, SCALARS, min_size=1, max_size=2)
)
FILTERS = st.recursive(
    LEAVES,
    lambda f: st.one_of(
        st.fixed_dictionaries({"and": st.lists(f, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"or": st.lists(f, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": f}),
    ),
    max_leaves=6,
)
NAMES = ("leave.pdf", "请假.DOCX", "noext")


class Two:
    """One base in both stores, whose documents are replaced by those of each example."""

    def __init__(self, admin: psycopg.Connection[Any], database: Database) -> None:
        self.base, self.database = create_base(admin), database
        self.ids = [create_document(admin, self.base, name) for name in NAMES]
        self.kept = MemoryBackend()

    def found(self, metadata: list[dict[str, Any]], raw: dict[str, Any]) -> tuple[set[UUID], set[UUID], set[UUID]]:
        """By PostgreSQL, in memory, and by the plain reading."""
        facts = {
            key: {"filename": name, "type": name.lower().rpartition(".")[2] if "." in name else None}
            for key, name in zip(self.ids, NAMES, strict=True)
        }
        request = SearchRequest([self.base.kb_id], query_counts("pump"), metadata=raw)
        real = PgvectorBackend()
        with self.database.transaction(self.base.tenant_id) as tx:
            indexes: list[ChunkIndex] = [real.open(tx), MemoryIndex(self.base.tenant_id, self.kept.entries, facts)]
            stores: list[IndexBackend] = [real, self.kept]
            for backend, index in zip(stores, indexes, strict=True):
                for key, values in zip(self.ids, metadata, strict=True):
                    index.replace_text(self.base.ref(key), backend.prepare_text(chunks_of(key, "pump")), values)
            here, there = ({hit.document_id for hit in index.search(request).passages} for index in indexes)
        node = parse_filter(raw)
        plain = {key for key, values in zip(self.ids, metadata, strict=True) if passes(node, values, facts[key])}
        return here, there, plain


@pytest.fixture
def two(admin: psycopg.Connection[Any], database: Database) -> Two:
    return Two(admin, database)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(METADATA, min_size=3, max_size=3), FILTERS)
@example([{"a": True}, {"a": 1}, {"a": 1.0}], {"a": {"eq": 1}})
@example([{"a": True}, {"a": 1}, {"a": "1"}], {"a": 1})
@example([{"a.b": None, "a": {"b": 1}}, {"a": {"b": 1}}, {"a": [{"b": 1}]}], {"a.b": {"eq": 1}})
@example([{"when": "2024-02-30"}, {"when": "2024-02-29"}, {"when": 20240229}], {"when": {"lte": "2024-03-01"}})
@example([{}, {"a": None}, {"a": []}], {"not": {"a": {"in": [None]}}})
@example([{"a": [[1]]}, {"a": [1]}, {"a": {"b": 1}}], {"a": {"contains": [[1]]}})
def test_both_stores_and_the_plain_reading_agree(two: Two, metadata: list[dict[str, Any]], raw: dict[str, Any]) -> None:
    here, there, plain = two.found(metadata, raw)

    assert here == there == plain


def test_a_filter_holds_for_both_legs(store: Store) -> None:
    base, _ = indexed(store, year=2023, tags=["a", "b"])
    write(store, base, store.new_document(base), year=2019, lang="en")

    for wanted, expected in [
        ({"year": {"gte": 2020}}, 3), ({"year": {"lt": 1990}}, 0), ({"not": {"lang": "en"}}, 3),
        ({"or": [{"lang": {"eq": "en"}}, {"tags": {"contains": "b"}}]}, 6), ({"lang": {"exists": False}}, 3),
    ]:  # fmt: skip
        assert len(search(store, base, "滤网", vector=vector(0), metadata=wanted)) == expected
        assert len(search(store, base, vector=vector(0), metadata=wanted)) == expected
        assert len(search(store, base, "滤网", metadata=wanted)) == expected // 3


def test_a_filter_of_documents_holds(
    admin: psycopg.Connection[Any], opensearch_store: Store, pgvector_store: Store
) -> None:
    for store in (opensearch_store, pgvector_store):
        base = store.new_base()
        for name, size, day in [("a.pdf", 10, "2024-05-01"), ("b.MD", 2_000, "2025-05-01"), ("c", 3_000, "2026-05-01")]:
            key = create_document(admin, base, name)
            admin.execute("UPDATE document SET size_bytes = %s, created_at = %s WHERE id = %s", (size, day, key))
            write(store, base, key, [f"pump {name}"])

        for wanted, expected in [
            ({"document.type": "md"}, {"pump b.MD"}),
            ({"document.type": {"exists": False}}, {"pump c"}),
            ({"document.filename": {"in": ["a.pdf", "c"]}}, {"pump a.pdf", "pump c"}),
            ({"document.size_bytes": {"gt": 10, "lte": 2_000}}, {"pump b.MD"}),
            ({"document.created_at": {"gte": "2025-01-01"}}, {"pump b.MD", "pump c"}),
            ({"document.status": "failed"}, set()),
            ({"document.id": f"doc-{key}"}, {"pump c"}),
        ]:
            assert {passage.text for passage in search(store, base, "pump", metadata=wanted)} == expected


def test_a_filter_of_the_language_keeps_documents_from_being_linked(store: Store) -> None:
    base = store.new_base()
    bridge = write_titled(store, base, "Varn Bridge", "The crossing was designed by Helga Moritz.", year=2020)
    write_titled(store, base, "Helga Moritz", "The engineer was born near Ostrel Bay.", year=2010)

    assert links(store, base, bridge, metadata={"year": {"gt": 2015}}) == []
    assert len(links(store, base, bridge, metadata={"year": {"lt": 2015}})) == 1


def test_a_filter_of_one_tenant_finds_nothing_of_another(store: Store) -> None:
    base, _ = indexed(store, year=1)
    stranger = store.new_base()

    assert search(store, base, "滤网", tenant_id=stranger.tenant_id, metadata={"year": {"ne": 0}}) == []


def test_more_documents_than_may_be_named_are_no_list(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    condition = filter_condition({"year": {"exists": False}})
    assert condition is not None
    for _ in range(3):
        key = create_document(admin, base)
        with database.transaction(base.tenant_id) as tx:
            backend = PgvectorBackend()
            backend.open(tx).replace_text(base.ref(key), backend.prepare_text(chunks_of(key, "pump")), {})

    with database.transaction(base.tenant_id) as tx:
        bounded = passing_documents(tx, [base.kb_id], condition, most=2)
        whole = passing_documents(tx, [base.kb_id], condition, most=3)

    assert bounded is None
    assert len(whole or []) == 3


def test_hostile_names_and_values_are_parameters(pgvector_store: Store) -> None:
    base, _ = indexed(pgvector_store)
    hostile = "x') OR 1=1 --"

    found = search(
        pgvector_store, base, "滤网", metadata={"or": [{hostile: {"eq": hostile}}, {"%(kb_ids)s": {"gt": 1}}]}
    )

    assert found == []
    assert hostile not in str(getattr(filter_condition({hostile: {"contains": hostile}}), "text", hostile))
