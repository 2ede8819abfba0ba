"""Answers given again, over a real database: when they are, and that no change of the content leaves one alive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.cached import AnswerCache
from voicehelper.answering.events import Answered, Composed, Delta, Usage, final_answer, whole
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.ingestion import store as ingestion_store
from voicehelper.ingestion import versions
from voicehelper.knowledge import lifecycle
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.retrieval.question import Question

from tests.support.bases import Base, chunks_of, create_base, create_document
from tests.support.emitted import emitted
from tests.support.fakes import FakeContent, FakeEmbedder, FakeQueue

DIMENSIONS = 384
ALIKE = [1.0] + [0.0] * (DIMENSIONS - 1)
APART = [0.0] * (DIMENSIONS - 1) + [1.0]
FEE = "What is the parking fee?"
POLITE_FEE = "Hello, what's parking fee? Thanks!"


@dataclass
class Reader:
    """Answers with the first passage, and counts how often it is asked."""

    refuses: bool = False
    degraded: tuple[Any, ...] = ()
    reads: int = 0

    def __call__(self, retrieval: Retrieval) -> Iterator[Delta | Composed]:
        self.reads += 1
        text = retrieval.passages[0].text if retrieval.passages and not self.refuses else "I do not know."
        refused = self.refuses or not retrieval.passages
        cited = [] if refused else [0]
        return whole(Composed(text, cited, refused, 0.9, Usage("model-1", 210, 0.004), self.degraded))


class Embedder(FakeEmbedder):
    """Every question is about the same, but for those that the test gives a vector."""

    def embed_query(self, text: str) -> list[float]:
        return list(self.vectors.get(text, ALIKE))


@dataclass
class Desk:
    """Asks the questions of one tenant, as one process does."""

    database: Database
    base: Base
    reader: Reader = field(default_factory=Reader)
    embedder: FakeEmbedder = field(default_factory=Embedder)
    cache: AnswerCache = field(default_factory=AnswerCache)
    made_by: str = "model-1"

    @property
    def tenant(self) -> TenantDatabase:
        return TenantDatabase(self.database, self.base.tenant_id)

    def ask(self, text: str = FEE, **options: Any) -> Answered:
        answerer = Answerer(
            "m", lambda: self.embedder, PgvectorBackend(), self.reader, made_by=self.made_by, cache=self.cache
        )
        question = Question(text, [self.base.kb_id], "en", use_cache=True)
        return final_answer(answer_question(self.tenant, replace(question, **options), answerer))

    def another_process(self) -> Desk:
        return replace(self, cache=AnswerCache())


@pytest.fixture
def desk(admin: psycopg.Connection[Any], database: Database) -> Desk:
    return desk_of(admin, database)


def desk_of(admin: psycopg.Connection[Any], database: Database, fee: str = "The parking fee is 3 euros.") -> Desk:
    base = create_base(admin)
    add(admin, base, create_document(admin, base, "fees.md"), fee)
    return Desk(database, base)


def add(admin: psycopg.Connection[Any], base: Base, document_id: UUID, text: str) -> None:
    backend, chunks = PgvectorBackend(), chunks_of(document_id, text)
    with admin.transaction():
        index = base.index(admin)
        index.replace_text(base.ref(document_id), backend.prepare_text(chunks), {"kind": "fees"})
        index.add_vectors(base.ref(document_id), backend.prepare_vectors(chunks, [ALIKE for _ in chunks]))


def is_cached(answered: Answered) -> bool:
    return answered.trace.ran("semantic_cache")


def stored(admin: psycopg.Connection[Any]) -> int:
    row = admin.execute("SELECT count(*) FROM cached_answer").fetchone()
    return int(row[0]) if row else -1


def test_the_same_question_is_read_once_and_costs_nothing_again(desk: Desk) -> None:
    first, again, elsewhere = desk.ask(), desk.ask(), desk.another_process().ask()

    assert [is_cached(answered) for answered in (first, again, elsewhere)] == [False, True, True]
    assert desk.reader.reads == 1
    assert (first.usage.tokens, again.usage, elsewhere.usage) == (210, Usage("model-1"), Usage("model-1"))
    assert again.text == elsewhere.text == first.text
    assert [source.quote for source in elsewhere.sources] == [source.quote for source in first.sources]
    assert "hybrid_retrieval" not in [run.name for run in elsewhere.trace.runs]


def test_every_look_into_the_cache_is_counted_and_no_other_question(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.ask()
    desk.ask()
    desk.ask(use_cache=False)

    assert emitted(capsys) == [("CacheHits", 0), ("CacheHits", 1)]


def test_a_cached_answer_is_streamed_like_any_other(desk: Desk) -> None:
    desk.ask()
    answerer = Answerer("m", lambda: desk.embedder, PgvectorBackend(), desk.reader, made_by="model-1", cache=desk.cache)
    question = Question(FEE, [desk.base.kb_id], "en", use_cache=True)

    delta, answered = answer_question(desk.tenant, question, answerer)

    assert isinstance(delta, Delta)
    assert isinstance(answered, Answered)
    assert delta.text == answered.text


@pytest.mark.parametrize(
    "options",
    [
        {"use_cache": False}, {"history": [("user", "And bicycles?"), ("assistant", "Free.")]}, {"top_k": 3},
        {"mode": "simple"}, {"language": "zh"}, {"fusion": "rrf"}, {"metadata": {"kind": "fees"}}, {"base_ids": None},
    ],
)  # fmt: skip
def test_another_option_is_another_question(desk: Desk, options: dict[str, Any]) -> None:
    desk.ask()

    assert not is_cached(desk.ask(**options))


def test_other_models_or_code_give_no_answer_of_before(desk: Desk) -> None:
    desk.ask()
    desk.made_by = "model-2"

    assert not is_cached(desk.ask())


def test_a_question_that_asks_the_same_in_other_words_is_answered_by_likeness(desk: Desk) -> None:
    desk.ask()

    assert is_cached(desk.another_process().ask(POLITE_FEE))


def test_words_alone_are_no_likeness(desk: Desk) -> None:
    desk.embedder.vectors = {POLITE_FEE: APART}
    desk.ask()

    assert not is_cached(desk.another_process().ask(POLITE_FEE))


@pytest.mark.parametrize(
    "other",
    ["What is the parking fee in 2023?", "What is not the parking fee?", "What is the maximum parking fee?",
     "What was the parking fee?", "What is the parking fee of lot B2?", "Who is the parking fee?"],
)  # fmt: skip
def test_a_word_more_is_another_question_however_near(desk: Desk, other: str) -> None:
    desk.ask("What is the parking fee?")

    assert not is_cached(desk.ask(other))


def test_an_embedding_that_does_not_suit_the_base_says_nothing_of_likeness(
    desk: Desk, admin: psycopg.Connection[Any]
) -> None:
    admin.execute("UPDATE knowledge_base SET vector_leg = false")
    desk.ask("What is the parking fee?")

    assert not is_cached(desk.another_process().ask("what's the parking fee"))
    assert is_cached(desk.another_process().ask("What is the parking fee?"))


def test_a_refusal_is_given_again_to_the_same_words_only(desk: Desk) -> None:
    desk.reader.refuses = True
    desk.ask("What is the parking fee?")

    again, in_other_words = desk.another_process().ask("What is the parking fee?"), desk.ask("what's the parking fee")

    assert (is_cached(again), again.status, bool(again.closest)) == (True, "refused", True)
    assert not is_cached(in_other_words)


def test_what_was_answered_without_a_model_is_not_stored(desk: Desk, admin: psycopg.Connection[Any]) -> None:
    desk.reader.degraded = ("chat_model",)

    assert [is_cached(desk.ask()) for _ in range(2)] == [False, False]
    assert stored(admin) == 0


def test_while_the_embedding_is_away_the_same_words_have_their_answer_and_new_ones_are_not_stored(
    desk: Desk, admin: psycopg.Connection[Any]
) -> None:
    class Away(FakeEmbedder):
        def embed_query(self, text: str) -> list[float]:
            raise UpstreamUnavailableError(text)

    desk.ask()
    desk.embedder = Away()

    known, new = desk.ask(), desk.ask("Is the parking fee 3 euros?")

    assert (is_cached(known), known.degraded) == (True, ())
    assert (is_cached(new), new.degraded, stored(admin)) == (False, ("embedding_model",), 1)


Change = Callable[[psycopg.Connection[Any], Desk, UUID], object]


def _publish(admin: psycopg.Connection[Any], desk: Desk, document_id: UUID) -> None:
    """A newer version of the file takes the place of the one before."""
    newer = create_document(admin, desk.base, "fees.md")
    admin.execute("UPDATE document SET version = 2 WHERE id = %s", (newer,))
    chunks, backend = chunks_of(newer, "The parking fee is 5 euros."), PgvectorBackend()
    with desk.tenant.transaction() as tx:
        index = backend.open(tx)
        versions.supersede_earlier(tx, index, newer)
        index.replace_text(desk.base.ref(newer), backend.prepare_text(chunks), {})
        index.add_vectors(desk.base.ref(newer), backend.prepare_vectors(chunks, [ALIKE]))
        versions.publish(tx, desk.base.event(newer), index)


def _add_text(admin: psycopg.Connection[Any], desk: Desk, document_id: UUID) -> None:
    added, backend = create_document(admin, desk.base, "more.md"), PgvectorBackend()
    with desk.tenant.transaction() as tx:
        backend.open(tx).replace_text(desk.base.ref(added), backend.prepare_text(chunks_of(added, "Lorries: 9.")), {})


def _add_vectors(admin: psycopg.Connection[Any], desk: Desk, document_id: UUID) -> None:
    backend, chunks = PgvectorBackend(), chunks_of(document_id, "The parking fee is 3 euros.")
    with desk.tenant.transaction() as tx:
        backend.open(tx).add_vectors(desk.base.ref(document_id), backend.prepare_vectors(chunks, [APART]))


def _index_again(admin: psycopg.Connection[Any], desk: Desk, document_id: UUID) -> None:
    add(admin, desk.base, document_id, "The parking fee is 4 euros.")


def _delete(admin: psycopg.Connection[Any], desk: Desk, document_id: UUID) -> None:
    lifecycle.delete_document(desk.tenant, document_id, index=PgvectorBackend(), uploads=FakeQueue())


def _reindex_base(admin: psycopg.Connection[Any], desk: Desk, document_id: UUID) -> None:
    lifecycle.reindex_base(desk.tenant, desk.base.kb_id, model="m", index=PgvectorBackend(), uploads=FakeQueue())


def _switch_vector_leg(admin: psycopg.Connection[Any], desk: Desk, document_id: UUID) -> None:
    with desk.tenant.transaction() as tx:
        ingestion_store.set_fitness(tx, desk.base.event(document_id), found=1, tried=40)


CHANGES = [_publish, _add_text, _add_vectors, _index_again, _delete, _reindex_base, _switch_vector_leg]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_no_change_of_the_base_leaves_an_answer_alive(
    admin: psycopg.Connection[Any], desk: Desk, change: Change
) -> None:
    document_id = desk.ask().sources[0].passage.document_id
    other = desk.another_process()
    assert is_cached(other.ask())

    change(admin, desk, document_id)

    assert [is_cached(answered) for answered in (desk.ask(), other.ask(use_cache=False))] == [False, False]
    assert is_cached(desk.ask())


def test_a_version_made_current_again_answers_afresh(admin: psycopg.Connection[Any], desk: Desk) -> None:
    """Restoring queues the document; when it is indexed, what was cached in between is gone."""
    first = desk.ask().sources[0].passage.document_id
    _publish(admin, desk, first)
    assert desk.ask().text == "The parking fee is 5 euros."
    source = desk.base.ref(first).source_key(0)
    lifecycle.restore_version(desk.tenant, first, content=FakeContent({source: b"x"}), uploads=FakeQueue())
    assert is_cached(desk.ask())  # the version of before answers until then

    backend, chunks = PgvectorBackend(), chunks_of(first, "The parking fee is 3 euros.")
    with desk.tenant.transaction() as tx:
        index = backend.open(tx)
        versions.supersede_earlier(tx, index, first)
        index.replace_text(desk.base.ref(first), backend.prepare_text(chunks), {})

    again = desk.ask()
    assert (is_cached(again), again.text) == (False, "The parking fee is 3 euros.")


def test_deleting_a_document_removes_the_answers_that_quote_it(admin: psycopg.Connection[Any], desk: Desk) -> None:
    document_id = desk.ask().sources[0].passage.document_id
    assert stored(admin) == 1

    _delete(admin, desk, document_id)

    assert stored(admin) == 0


def test_deleting_a_base_removes_its_answers(admin: psycopg.Connection[Any], desk: Desk) -> None:
    desk.ask()
    desk.ask(base_ids=None)

    lifecycle.delete_base(desk.tenant, desk.base.kb_id, uploads=FakeQueue())

    assert stored(admin) == 0


def test_a_new_base_changes_what_all_bases_answer(admin: psycopg.Connection[Any], desk: Desk) -> None:
    desk.ask(base_ids=None)
    assert is_cached(desk.ask(base_ids=None))
    with desk.tenant.transaction() as tx:
        admin.execute(
            "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model)"
            " VALUES (%s, %s, 'b2', 'b2', 'm')",
            (uuid4(), tx.tenant_id),
        )

    assert not is_cached(desk.ask(base_ids=None))


def test_tenants_share_no_answer(admin: psycopg.Connection[Any], database: Database) -> None:
    one, other = desk_of(admin, database, "The fee is 3 euros."), desk_of(admin, database, "The fee is 8 euros.")
    other.cache = one.cache  # one process serves both

    answers = [desk.ask().text for desk in (one, other, one, other)]
    for_all = [desk.ask(base_ids=None).text for desk in (one, other, one, other)]

    assert answers == for_all == ["The fee is 3 euros.", "The fee is 8 euros."] * 2
    with other.tenant.transaction() as tx:
        assert tx.count("SELECT count(*) FROM cached_answer") == 2
    with database.transaction() as tx:
        tx.run("SET LOCAL ROLE voicehelper_app")
        assert tx.count("SELECT count(*) FROM cached_answer") == 0


def test_an_answer_read_before_a_change_is_not_stored_after_it(admin: psycopg.Connection[Any], desk: Desk) -> None:
    class Slow(Reader):
        def __call__(self, retrieval: Retrieval) -> Iterator[Delta | Composed]:
            _add_text(admin, desk, uuid4())
            return super().__call__(retrieval)

    desk.reader = Slow()
    desk.ask()

    assert stored(admin) == 0


def test_an_answer_is_not_stored_while_its_base_changes_and_nobody_waits(
    admin: psycopg.Connection[Any], desk: Desk
) -> None:
    with admin.transaction():
        admin.execute("UPDATE knowledge_base SET revision = revision + 1")
        thread = threading.Thread(target=desk.ask)
        thread.start()
        thread.join(timeout=10)
        assert not thread.is_alive()

    assert stored(admin) == 0


@pytest.mark.parametrize(
    "breakage",
    [
        "DROP TABLE cached_answer",
        "REVOKE INSERT ON cached_answer FROM voicehelper_app",
        "REVOKE SELECT ON cached_answer FROM voicehelper_app",
        "ALTER TABLE cached_answer ADD CHECK (length(answer) < 2)",
    ],
)
def test_a_cache_that_fails_loses_no_answer(admin: psycopg.Connection[Any], desk: Desk, breakage: str) -> None:
    admin.execute(breakage)

    answers = [desk.ask() for _ in range(2)]

    assert [answered.text for answered in answers] == ["The parking fee is 3 euros."] * 2
    assert not any(map(is_cached, answers))


def test_an_insert_that_is_killed_loses_no_answer(admin: psycopg.Connection[Any], desk: Desk) -> None:
    admin.execute("""
        CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
        CREATE TRIGGER kill BEFORE INSERT ON cached_answer FOR EACH ROW EXECUTE FUNCTION kill();
    """)

    assert [desk.ask().text for _ in range(2)] == ["The parking fee is 3 euros."] * 2


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"text": "half'])
def test_an_entry_that_cannot_be_read_is_a_miss(admin: psycopg.Connection[Any], desk: Desk, text: str) -> None:
    desk.ask()
    admin.execute("UPDATE cached_answer SET answer = %s", (text,))

    assert not is_cached(desk.another_process().ask())
    assert is_cached(desk.another_process().ask())  # it was written over


def test_an_entry_ends_with_its_time(admin: psycopg.Connection[Any], desk: Desk) -> None:
    desk.ask()
    admin.execute("UPDATE cached_answer SET expires_at = now() - interval '1 second'")

    assert not is_cached(desk.another_process().ask())


def test_expired_entries_and_the_oldest_beyond_the_bound_are_removed(
    admin: psycopg.Connection[Any], desk: Desk, database: Database
) -> None:
    other = desk_of(admin, database)
    other.ask()
    desk.ask("expired?")
    admin.execute(
        "UPDATE cached_answer SET expires_at = now() - interval '1 second' WHERE tenant_id = %s", (desk.base.tenant_id,)
    )
    admin.execute(
        "INSERT INTO cached_answer SELECT tenant_id, options, sha256(n::text::bytea), form, kb_ids, version, NULL, '',"
        " now() + n * interval '1 second' FROM cached_answer, generate_series(1, 1200) AS n WHERE tenant_id = %s",
        (desk.base.tenant_id,),
    )

    desk.ask("new?")

    counts = "SELECT count(*) FROM cached_answer WHERE tenant_id = %s"
    assert admin.execute(counts, (desk.base.tenant_id,)).fetchone() == (1000,)
    assert admin.execute(counts, (other.base.tenant_id,)).fetchone() == (1,)
    assert is_cached(desk.another_process().ask("new?"))


def test_a_hit_is_one_statement_and_a_miss_is_one_more_than_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []
    execute = psycopg.Cursor.execute

    def recorded(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        if "set_config" not in str(query):
            statements.append(str(query))
        return execute(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Cursor, "execute", recorded)

    def count(**options: Any) -> int:
        statements.clear()
        desk.ask(**options)
        return len(statements)

    without = count(use_cache=False)

    assert (count() - without, count()) == (1, 1)


def test_a_base_that_is_unknown_is_not_found_with_a_cache(desk: Desk) -> None:
    with pytest.raises(KnowledgeBaseNotFoundError):
        desk.ask(base_ids=[uuid4()])
