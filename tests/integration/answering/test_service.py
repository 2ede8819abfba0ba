"""Answering over a real database: what it holds open, and what it says before it searches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.events import final_answer
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.service import Answerer, EmbeddingModelMismatchError, answer_question
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.retrieval.question import Question

from tests.support.bases import create_base
from tests.support.fakes import FakeEmbedder


@dataclass
class WatchingEmbedder(FakeEmbedder):
    """Looks, while the question is embedded, at what the database says of its sessions."""

    look: Callable[[], int] = lambda: 0
    open_transactions: int = -1

    def embed_query(self, _: str) -> list[float]:
        self.open_transactions = self.look()
        return [0.0] * 383 + [1.0]


def answerer(embedder: FakeEmbedder) -> Answerer:
    return Answerer(embedder.model, lambda: embedder, PgvectorBackend(), OfflineAnswer(None))


def test_no_transaction_is_open_while_a_model_is_waited_for(admin: psycopg.Connection[Any], database: Database) -> None:
    def open_transactions() -> int:
        row = admin.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
        ).fetchone()
        return int(row[0]) if row else -1

    base = create_base(admin, model="m")
    embedder = WatchingEmbedder(look=open_transactions)
    tenant = TenantDatabase(database, base.tenant_id)

    answered = final_answer(answer_question(tenant, Question("滤网？", [base.kb_id], "zh"), answerer(embedder)))

    assert embedder.open_transactions == 0
    assert answered.sources == []
    assert [run.name for run in answered.trace.runs][:4] == [
        "query_classifier",
        "query_rewrite",
        "query_embedding",
        "base_facts",
    ]


def test_a_base_of_another_model_is_not_searched(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin, model="another")
    events = answer_question(
        TenantDatabase(database, base.tenant_id), Question("滤网？", [base.kb_id], "zh"), answerer(FakeEmbedder())
    )

    with pytest.raises(EmbeddingModelMismatchError):
        final_answer(events)


def test_an_unknown_base_is_not_found(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    events = answer_question(
        TenantDatabase(database, base.tenant_id), Question("滤网？", [uuid4()], "zh"), answerer(FakeEmbedder())
    )

    with pytest.raises(KnowledgeBaseNotFoundError):
        final_answer(events)
