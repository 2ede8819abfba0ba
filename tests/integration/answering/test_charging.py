"""Calls of hosted models that only read: charged to tenant, user, key and base, and to budgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.events import final_answer
from voicehelper.answering.passages import find_passages
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.identity.budgets import Subject, put_budget
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.ingestion.charging import charge_embedding
from voicehelper.knowledge.chunks import ChunkEditing, add_chunk
from voicehelper.knowledge.models import NewChunk
from voicehelper.models.pricing import Tariff, Tariffs
from voicehelper.protocols.openai.embeddings import EmbeddingBody, embed
from voicehelper.retrieval.question import Question
from voicehelper.shapes.ids import NOWHERE
from voicehelper.shapes.viewer import Viewer
from voicehelper.text.tokens import approximate_tokens

from tests.support.bases import index_document
from tests.support.fakes import FakeEmbedder
from tests.support.workspaces import Workspace

QUERY, VECTOR = "How long is the battery's guarantee?", [1.0] + [0.0] * 383
TARIFFS = Tariffs(Tariff("embed-1", 0.5), Tariff("rerank-1", 2.0))
ASKED = approximate_tokens(QUERY)


class FakeReranker:
    def relevance(self, _: str, texts: Any) -> list[float]:
        return [1.0 - number / 10 for number in range(len(texts))]


class Desk:
    """An owner with a key, and a base with an indexed document."""

    def __init__(self, admin: psycopg.Connection[Any], database: Database) -> None:
        self.workspace, self.key_id = Workspace(admin, database), uuid4()
        self.base, self.owner = self.workspace.base, self.workspace.member("owner")
        self.workspace.admin.execute(
            "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes)"
            " VALUES (%s, %s, %s, 'n', 'p', 'h', '{ask,write}')",
            (self.key_id, self.base.tenant_id, self.owner),
        )
        self.document_id = index_document(
            admin,
            self.base,
            "a.md",
            "The battery's guarantee is three years.",
            "How long a battery's guarantee is, the seller says.",
            "A charger has a guarantee of a year.",
            "The window is open.",
            vectors=[VECTOR] * 4,
        )
        self.machine = TenantDatabase(database, self.base.tenant_id, Viewer(self.owner, self.key_id))
        self.answerer = Answerer(
            "m",
            lambda: FakeEmbedder(vectors={QUERY: VECTOR}),
            PgvectorBackend(),
            OfflineAnswer(None),
            reranker=FakeReranker,
            tariffs=TARIFFS,
        )

    @property
    def question(self) -> Question:
        return Question(QUERY, [self.base.kb_id], "en", use_cache=True)

    def ask(self) -> None:
        final_answer(answer_question(self.machine, self.question, self.answerer))

    def charged(self) -> dict[str, tuple[UUID, UUID, UUID, int, float]]:
        """{model: (user, key, base, tokens, USD)} of hosted models."""
        rows = self.workspace.rows(
            "SELECT model, user_id, key_id, kb_id, tokens_in::int, cost_usd::float8 FROM usage_day WHERE cost_usd > 0"
        )
        return {row[0]: row[1:] for row in rows}


@pytest.fixture
def desk(admin: psycopg.Connection[Any], database: Database) -> Desk:
    return Desk(admin, database)


def test_a_question_is_charged_for_its_vector_and_the_order_of_its_passages(desk: Desk) -> None:
    desk.ask()

    charged, who = desk.charged(), (desk.owner, desk.key_id, desk.base.kb_id)
    assert charged["embed-1"] == (*who, ASKED, ASKED * 0.0005)
    reranked = charged["rerank-1"]
    assert reranked[:3] == who
    assert reranked[3] > 2 * ASKED
    assert reranked[4] == pytest.approx(reranked[3] * 0.002)
    assert desk.workspace.rows("SELECT sum(questions)::int FROM usage_day") == [(1,)]


def test_a_question_that_was_answered_before_is_charged_for_its_vector_alone(desk: Desk) -> None:
    desk.ask()
    reranked = desk.charged()["rerank-1"]
    desk.ask()

    assert desk.charged()["embed-1"][3] == 2 * ASKED
    assert desk.charged()["rerank-1"] == reranked


def search(desk: Desk) -> None:
    find_passages(desk.machine, desk.question, desk.answerer)


def edit(desk: Desk) -> None:
    editing = ChunkEditing(desk.machine, PgvectorBackend(), "m", FakeEmbedder, TARIFFS.embedding)
    add_chunk(editing, desk.document_id, NewChunk(content="One more."))


def embed_texts(desk: Desk) -> None:
    body = EmbeddingBody(model=f"kb-{desk.base.kb_id}", input=["a", "b"])
    embed(body, desk.machine, "m", FakeEmbedder, TARIFFS.embedding)


@pytest.mark.parametrize("work", [search, edit, embed_texts], ids=["search", "edited chunk", "embeddings"])
def test_every_other_call_is_charged_to_key_and_base(desk: Desk, work: Callable[[Desk], None]) -> None:
    work(desk)

    charged = desk.charged()
    assert charged["embed-1"][:3] == (desk.owner, desk.key_id, desk.base.kb_id)
    assert charged["embed-1"][3] > 0
    assert ("rerank-1" in charged) == (work is search)


def test_a_document_is_charged_to_its_uploader_once_for_each_text(desk: Desk, database: Database) -> None:
    desk.workspace.admin.execute("UPDATE document SET uploaded_by = %s, uploaded_with = %s", (desk.owner, desk.key_id))
    assert TARIFFS.embedding
    for text in (b"first", b"first", b"second"):
        with database.transaction(desk.base.tenant_id) as tx:
            charge_embedding(tx, desk.base.event(desk.document_id), TARIFFS.embedding, text=text, tokens=100)

    assert desk.charged() == {"embed-1": (desk.owner, desk.key_id, desk.base.kb_id, 200, 0.1)}


def test_budgets_hold_what_such_calls_cost(desk: Desk) -> None:
    tenant = desk.workspace.as_(desk.owner)
    subjects = (Subject("workspace", NOWHERE), Subject("user", desk.owner), Subject("key", desk.key_id))
    for subject in subjects:
        put_budget(tenant, subject, 5.0, most_usd=0.0)
    desk.ask()

    spent = sum(row[4] for row in desk.charged().values())
    used = [put_budget(tenant, subject, 5.0, most_usd=0.0).used_usd for subject in subjects]
    assert used == pytest.approx([spent] * 3)


def test_built_in_models_are_not_charged(desk: Desk) -> None:
    desk.answerer = replace(desk.answerer, tariffs=Tariffs())
    desk.ask()

    assert desk.charged() == {}
