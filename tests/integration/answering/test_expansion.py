"""Paraphrases of hard questions by a chat model, over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.answering.cached import AnswerCache
from voicehelper.answering.events import Answered, Composed, Delta, Usage, final_answer, whole
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.models.errors import BudgetExceededError
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.retrieval.question import Question

from tests.support.bases import Base, create_base, index_document
from tests.support.fakes import FakeEmbedder
from tests.support.statements import CountedTenant

HARD = "Explain in depth what absent staff get."
EASY = "What is the parking fee?"
REPLY = "1. How is sick pay computed?\n2. What do the ill earn?\n3. How much wage during illness?"


@dataclass
class Writer:
    """Writes paraphrases, or fails."""

    reply: str = REPLY
    error: Exception | None = None
    requests: list[ChatRequest] = field(default_factory=list)

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        assert deadline.remaining() > 0
        self.requests.append(request)
        if self.error:
            raise self.error
        return ChatCompletion(self.reply, "writer", 90, 30, "primary", 0.002)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        raise NotImplementedError


def first_passage(retrieval: Retrieval) -> Iterator[Delta | Composed]:
    text = next((passage.text for passage in retrieval.passages), "")
    return whole(Composed(text, [0] if text else [], not text, 0.9, Usage("reader", 200, 0.01)))


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    base = create_base(admin)
    index_document(
        admin, base, "pay.md", "Sick pay is 80 % of the wage.", "The parking fee is 3 euros.", "Staff get a badge."
    )
    return base


@pytest.fixture
def tenant(database: Database, base: Base) -> CountedTenant:
    return CountedTenant(database, base.tenant_id)


def ask(tenant: CountedTenant, base: Base, text: str, writer: Writer | None, **options: Any) -> Answered:
    answerer = Answerer("m", FakeEmbedder, PgvectorBackend(), first_passage, chat=writer, cache=AnswerCache())
    return final_answer(answer_question(tenant, Question(text, [base.kb_id], "en", **options), answerer))


def found(answered: Answered) -> list[str]:
    return [source.passage.text for source in answered.sources]


def test_a_hard_question_finds_what_its_paraphrases_name(tenant: CountedTenant, base: Base) -> None:
    writer = Writer()

    own, expanded = ask(tenant, base, HARD, None), ask(tenant, base, HARD, writer)

    assert found(expanded)[0] == "Sick pay is 80 % of the wage."
    assert found(own)[0] != found(expanded)[0]
    assert (own.trace.ran("query_expansion"), expanded.trace.ran("query_expansion")) == (False, True)
    assert expanded.usage.tokens == 320
    assert expanded.usage.cost_usd == pytest.approx(0.012)
    assert [request.tenant for request in writer.requests] == [str(base.tenant_id)]
    assert all(0 <= source.passage.score <= 1 for source in expanded.sources)


@pytest.mark.parametrize(
    "writer",
    [
        Writer(error=UpstreamUnavailableError("away")),
        Writer(error=BudgetExceededError()),
        Writer(reply=""),
        Writer(reply=HARD),
    ],
)
def test_a_model_that_fails_changes_nothing_but_what_is_said_of_it(
    tenant: CountedTenant, base: Base, writer: Writer
) -> None:
    own, answered = ask(tenant, base, HARD, None), ask(tenant, base, HARD, writer)

    assert found(answered) == found(own)
    assert (own.degraded, answered.degraded) == ((), ("query_expansion",))
    assert not answered.trace.ran("query_expansion")


@pytest.mark.parametrize(("text", "options"), [(EASY, {}), (HARD, {"mode": "hybrid"}), (HARD, {"mode": "simple"})])
def test_no_model_is_asked_for_an_easy_question_or_in_another_mode(
    tenant: CountedTenant, base: Base, text: str, options: dict[str, Any]
) -> None:
    writer = Writer()

    answered = ask(tenant, base, text, writer, **options)

    assert (writer.requests, answered.degraded) == ([], ())


def test_an_answer_given_before_costs_no_paraphrase(tenant: CountedTenant, base: Base) -> None:
    writer = Writer()
    ask(tenant, base, HARD, writer, use_cache=True)

    again = ask(tenant, base, HARD, writer, use_cache=True)

    assert again.trace.ran("semantic_cache")
    assert len(writer.requests) == 1
