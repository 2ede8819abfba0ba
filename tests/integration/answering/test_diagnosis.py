"""Diagnoses over a real database: each stage loses the evidence once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.answering.diagnosis.api import Diagnosis, Expected
from voicehelper.answering.diagnosis.diagnose import diagnose_question
from voicehelper.answering.diagnosis.response import show_diagnosis
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.service import Answerer
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.messages.language import Language
from voicehelper.retrieval.question import Question

from tests.support.bases import Base, create_base, create_document, index_document
from tests.support.fakes import FakeEmbedder
from tests.support.statements import CountedTenant

QUERY = "年假有几天？"
HOLIDAYS = "员工每年享有年假 12 天。"
NEAR, FAR = [1.0] + [0.0] * 383, [0.0] * 383 + [1.0]


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    base = create_base(admin)
    index_document(admin, base, "休假.md", HOLIDAYS, "病假须提交证明。")
    return base


@pytest.fixture
def tenant(database: Database, base: Base) -> CountedTenant:
    return CountedTenant(database, base.tenant_id)


def diagnose(
    tenant: CountedTenant,
    base: Base,
    query: str = QUERY,
    *,
    kb_id: UUID | None = None,
    language: Language = "en",
    embedder: FakeEmbedder | None = None,
    metadata: dict[str, Any] | None = None,
    top_k: int = 5,
    **expected: Any,
) -> Diagnosis:
    model = embedder or FakeEmbedder(vectors={query: NEAR})
    answerer = Answerer("m", lambda: model, PgvectorBackend(), OfflineAnswer(None))
    question = Question(query, [kb_id or base.kb_id], language, top_k=top_k, metadata=metadata or {})
    return show_diagnosis(diagnose_question(tenant, question, Expected(**expected), answerer), language)


def stage(diagnosis: Diagnosis, name: str) -> Any:
    return next(stage for stage in diagnosis.stages if stage.name == name)


@pytest.mark.parametrize(
    "expected",
    [
        {"filename": "休假.md"},
        {"filename": "休假"},
        {"text": "年假１２天"},
        {"text": "年假 12 天", "filename": "休假.MD"},
    ],
)
def test_evidence_that_is_cited_is_found(tenant: CountedTenant, base: Base, expected: dict[str, Any]) -> None:
    diagnosis = diagnose(tenant, base, **expected)

    assert (diagnosis.found, diagnosis.lost_at, diagnosis.status) == (True, None, "answered")
    assert (stage(diagnosis, "fusion").rank, stage(diagnosis, "reading").rank) == (1, 1)
    assert stage(diagnosis, "words_leg").rank == 1
    assert stage(diagnosis, "words_leg").score > 0
    assert diagnosis.expected.chunk_ids


def test_stages_stand_in_the_order_of_a_question(tenant: CountedTenant, base: Base) -> None:
    names = [stage.name for stage in diagnose(tenant, base, filename="休假.md").stages]

    assert names[:2] == ["document", "chunking"]
    assert names[-7:] == [
        "words_leg", "meaning_leg", "fusion", "cross_lingual_promotion", "context", "neighbours", "reading",
    ]  # fmt: skip


@pytest.mark.parametrize("expected", [{"filename": "差旅.md"}, {"document_id": uuid4()}])
def test_a_document_that_the_base_does_not_have_is_lost_first(
    tenant: CountedTenant, base: Base, expected: dict[str, Any]
) -> None:
    diagnosis = diagnose(tenant, base, text="年假 12 天", **expected)

    assert (diagnosis.found, diagnosis.lost_at, diagnosis.expected.document_id) == (False, "document", None)
    assert diagnosis.advice.startswith("Upload the document")


def test_a_document_of_another_tenant_is_as_absent(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base
) -> None:
    foreign = create_base(admin)
    document_id = index_document(admin, foreign, "geheim.md", HOLIDAYS)

    assert stage(diagnose(tenant, base, document_id=document_id), "document").note == "The base has no such document"
    with pytest.raises(KnowledgeBaseNotFoundError):
        diagnose(tenant, base, kb_id=foreign.kb_id, text="x")


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ("status = 'failed', error_code = 'no_text'", "x could not be processed (no_text)"),
        ("status = 'processing'", "x is still being processed"),
    ],
)
def test_a_document_that_is_not_indexed_is_lost_with_its_state(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base, change: Any, note: str
) -> None:
    document_id = create_document(admin, base)
    admin.execute(f"UPDATE document SET {change} WHERE id = %s", (document_id,))

    diagnosis = diagnose(tenant, base, document_id=document_id)

    assert (diagnosis.lost_at, stage(diagnosis, "document").note) == ("document", note)


def test_a_superseded_version_is_lost_and_its_successor_named(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base
) -> None:
    old = create_document(admin, base, "制度.md")
    new = index_document(admin, base, "制度.md", "试用期三个月。")
    admin.execute("UPDATE document SET version = 2 WHERE id = %s", (new,))
    admin.execute("UPDATE document SET status = 'indexed', superseded_by = %s WHERE id = %s", (new, old))

    by_id = diagnose(tenant, base, document_id=old)
    by_name = diagnose(tenant, base, "试用期多久？", filename="制度.md")

    assert by_id.lost_at == "document"
    assert "superseded by version 2" in stage(by_id, "document").note
    assert by_name.expected.document_id == new


def test_a_document_that_the_filter_leaves_out_is_named(tenant: CountedTenant, base: Base) -> None:
    diagnosis = diagnose(tenant, base, filename="休假.md", metadata={"year": 2020})

    assert diagnosis.lost_at == "filter"
    assert diagnosis.expected.chunk_ids


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("产假 158 天", "No chunk holds the expected text; the nearest has"),
        ("年假 12 天。病假须提交", "The expected text is divided between two neighbouring chunks"),
    ],
)
def test_a_text_that_no_chunk_holds_is_lost_in_chunking(
    tenant: CountedTenant, base: Base, text: str, note: str
) -> None:
    diagnosis = diagnose(tenant, base, filename="休假.md", text=text)

    assert diagnosis.lost_at == "chunking"
    assert stage(diagnosis, "chunking").note.startswith(note)
    assert diagnosis.expected.chunk_ids == []


def test_evidence_that_shares_no_word_with_the_question_is_lost_by_the_legs(tenant: CountedTenant, base: Base) -> None:
    diagnosis = diagnose(tenant, base, "How much is the parking fee?", text="年假 12 天")

    assert (diagnosis.lost_at, diagnosis.status) == ("words_leg", "refused")
    assert stage(diagnosis, "words_leg").rank is None
    assert stage(diagnosis, "fusion").rank is None


def test_the_leg_that_came_nearer_is_named_with_its_rank(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base
) -> None:
    """Sixty chunks are nearer by meaning than the evidence, and hold the word that it does not."""
    others = [f"停车费第 {number} 条" for number in range(60)]
    index_document(admin, base, "停车.md", *others, vectors=[NEAR] * 60)
    index_document(admin, base, "车辆.md", "泊位每月 80 元。", vectors=[FAR])

    diagnosis = diagnose(tenant, base, "停车费", text="泊位每月 80 元")

    assert (diagnosis.lost_at, stage(diagnosis, "meaning_leg").rank) == ("meaning_leg", 61)
    assert stage(diagnosis, "meaning_leg").note == "Rank 61, not within the first 50"


def test_evidence_of_both_legs_that_others_outweigh_is_lost_in_the_fusion(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base
) -> None:
    others = [f"停车费 停车费 第 {number} 条" for number in range(30)]
    index_document(admin, base, "停车.md", *others, vectors=[NEAR] * 30)
    index_document(admin, base, "车辆.md", "泊位与停车：每月 80 元，另见公司关于车辆管理的规定。", vectors=[FAR])

    diagnosis = diagnose(tenant, base, "停车费", text="每月 80 元")

    assert diagnosis.lost_at == "fusion"
    assert stage(diagnosis, "words_leg").rank > 20
    assert stage(diagnosis, "words_leg").note.endswith("within the first 50")


def test_evidence_that_was_found_but_doubted_is_lost_in_reading(tenant: CountedTenant, base: Base) -> None:
    diagnosis = diagnose(tenant, base, "病假的工资由哪家银行发放？", text="病假须提交证明")

    reading = stage(diagnosis, "reading")

    assert (diagnosis.lost_at, diagnosis.status, reading.rank) == ("reading", "refused", None)
    assert reading.score == diagnosis.confidence < 0.5
    assert "threshold 0.5" in reading.note


def test_evidence_beside_another_answer_is_lost_in_reading_with_what_was_cited(
    tenant: CountedTenant, base: Base
) -> None:
    diagnosis = diagnose(tenant, base, text="病假须提交证明")

    assert (diagnosis.lost_at, diagnosis.status) == ("reading", "answered")
    assert stage(diagnosis, "reading").note == "The answer cites something else (休假.md)"


def test_notes_and_advice_are_in_the_language_of_the_caller(tenant: CountedTenant, base: Base) -> None:
    diagnosis = diagnose(tenant, base, language="zh", filename="差旅.md")

    assert diagnosis.advice.startswith("上传该文档")
    assert stage(diagnosis, "document").note == "知识库中没有这个文档"


def test_a_diagnosis_sends_as_many_statements_however_much_it_finds(
    admin: psycopg.Connection[Any], tenant: CountedTenant, base: Base
) -> None:
    """Those of the question, then the document, its chunks, the bases and a deeper search."""
    diagnose(tenant, base, filename="休假.md", text="年假")
    assert len(tenant.statements) == 3 + 4
    index_document(admin, base, "更多.md", *(f"年假第 {number} 条" for number in range(40)))

    diagnose(tenant, base, filename="更多.md", text="年假")

    assert len(tenant.statements) == 2 * (3 + 4)


@pytest.mark.parametrize("expected", [{}, {"text": None}, {"text": "  "}, {"filename": ""}, {"page": 3}])
def test_an_expectation_names_a_document_or_a_text(expected: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"EXPECTATION_MISSING|at least 1 character|not permitted"):
        Expected(**expected)
