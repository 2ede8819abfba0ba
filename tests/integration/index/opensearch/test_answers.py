"""A question while OpenSearch is away."""

from __future__ import annotations

from typing import Any

import psycopg
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.adapters.opensearch import OpenSearch
from voicehelper.answering.service import Searcher, missing_in, search_bases
from voicehelper.index.opensearch.index import OpenSearchBackend
from voicehelper.models.protocols import Embedder
from voicehelper.retrieval.question import Leg, Question

from tests.support.bases import create_base, index_document


def _no_embedder() -> Embedder:
    raise AssertionError("words alone are searched")


def test_is_answered_by_the_database_and_says_so(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    index_document(admin, base, "保修.md", "电池保修两年。")
    searcher = Searcher("m", _no_embedder, OpenSearchBackend(OpenSearch("http://127.0.0.1:9"), "index"))
    question = Question("电池保修多久", [base.kb_id], "zh", legs=frozenset[Leg](["words"]))

    found, _ = search_bases(TenantDatabase(database, base.tenant_id), question, searcher)

    assert [passage.text for passage in found.passages] == ["电池保修两年。"]
    assert missing_in(found) == ("search_engine",)
