"""A question that uses one name of a thing finds what is said of it under another, over a real database."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.answering.events import Answered, final_answer
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.retrieval.question import LEGS, Question

from tests.support.bases import Base, create_base, index_document
from tests.support.fakes import FakeEmbedder
from tests.support.statements import CountedTenant

OTHERS = (
    "The cafeteria serves lunch from noon.",
    "Parking costs 3 euros a day.",
    "打印机在二楼走廊。",
    "Visitors sign in at the desk.",
    "会议室须提前一天预订。",
)


def ask(tenant: CountedTenant, base: Base, text: str) -> Answered:
    answerer = Answerer("m", FakeEmbedder, PgvectorBackend(), OfflineAnswer(None))
    question = Question(text, [base.kb_id], "en", legs=[leg for leg in LEGS if leg == "words"])
    return final_answer(answer_question(tenant, question, answerer))


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    base = create_base(admin)
    index_document(admin, base, "others.md", *OTHERS)
    return base


@pytest.mark.parametrize(
    ("declares", "says", "question"),
    [
        ("RTO: recovery time objective", "The recovery time objective is 45 minutes.", "What is the RTO?"),
        ("Recovery time objective (RTO) terms.", "The RTO is 45 minutes.", "What is the recovery time objective?"),
        ("Vacation days: see annual leave", "Annual leave is 45 days.", "How many vacation days are there?"),
        (
            "We follow the World Health Organization (WHO).",
            "World Health Organization limit: 45.",
            "Which limit has WHO set?",
        ),
        ("考勤机，又称打卡机。", "打卡机的保修期为45个月。", "考勤机的保修期是多久？"),
        ("关键绩效指标（KPI）。", "关键绩效指标占奖金的45%。", "KPI占奖金多少？"),
    ],
)
def test_a_question_finds_what_is_said_under_another_name(
    admin: psycopg.Connection[Any], database: Database, base: Base, declares: str, says: str, question: str
) -> None:
    index_document(admin, base, "names.md", declares)
    index_document(admin, base, "facts.md", says)

    answered = ask(CountedTenant(database, base.tenant_id), base, question)

    assert "45" in answered.text
    assert "facts.md" in [source.filename for source in answered.sources if source.is_cited]


def test_a_name_ends_with_the_document_that_declares_it(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    names = index_document(admin, base, "names.md", "RTO: recovery time objective")
    index_document(admin, base, "facts.md", "The recovery time objective is 45 minutes.")
    tenant = CountedTenant(database, base.tenant_id)
    before = ask(tenant, base, "What is the RTO?")
    with admin.transaction():
        base.index(admin).delete(base.ref(names))

    after = ask(tenant, base, "What is the RTO?")

    assert [before.trace.ran("declared_names"), after.trace.ran("declared_names")] == [True, False]


def test_a_name_of_another_tenant_is_no_name(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    index_document(admin, create_base(admin), "names.md", "RTO: recovery time objective")
    index_document(admin, base, "facts.md", "The recovery time objective is 45 minutes.")

    answered = ask(CountedTenant(database, base.tenant_id), base, "What is the RTO?")

    assert not answered.trace.ran("declared_names")


def test_names_cost_no_statement(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    plain, named = CountedTenant(database, base.tenant_id), CountedTenant(database, base.tenant_id)
    index_document(admin, base, "names.md", "RTO: recovery time objective")
    ask(plain, base, "What does parking cost?")

    ask(named, base, "What is the RTO?")

    assert len(named.statements) == len(plain.statements)
