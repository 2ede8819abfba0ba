"""The same question of several processes at once: one pays for a chat model, over a real database and model server."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.cached import AnswerCache
from voicehelper.answering.events import Answered, Composed, Delta, final_answer
from voicehelper.answering.hosted.generate import HostedAnswer
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.service import AWAITED, AWAITED_UNTIL_S, Answerer, answer_question
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.models.catalogue import parse_catalogue
from voicehelper.models.factory import build_chat
from voicehelper.models.protocols import Chat
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.retrieval.question import Question

from tests.support.bases import Base, create_base, index_document
from tests.support.fakes import FakeEmbedder
from tests.support.openai_server import OpenAIServer, Reply, answer, failure, running_server

VECTOR: Final = [1.0] + [0.0] * 383
QUESTION: Final = "How long may a visitor's badge be used?"
HARD: Final = "Explain how long a visitor's badge may be used."
FACT: Final = "A visitor's badge may be used for nine hours."
TOGETHER: Final = 50
PATIENCE_S: Final = 30.0
# Sessions that have begun to wait, which is to say that they are idle and claim nothing.
CLOSE_WAITING: Final = """
    SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity AS a
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle' AND query = 'COMMIT'
       AND NOT EXISTS (SELECT FROM pg_locks AS l
                        WHERE l.pid = a.pid AND locktype = 'advisory' AND mode = 'ExclusiveLock')
"""
_PASSAGE: Final = re.compile(r'<passage number="(\d+)"[^>]{0,200}>\n([^<]{0,2000})\n</passage>')


@dataclass
class Model:
    """Replies with the first passage once it is let go; ``calls`` is what it was asked, ``called`` counts them."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    called: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: dict[str, Any]) -> Reply:
        self.calls.append(request)
        self.called.release()
        assert self.go_on.wait(PATIENCE_S)
        passages = _PASSAGE.findall(request["messages"][-1]["content"])
        return answer(f"{passages[0][1]} [{passages[0][0]}]" if passages else "In other words?")(request)

    def is_called(self) -> None:
        assert self.called.acquire(timeout=PATIENCE_S), "the model is not called"


class WatchedDatabase(Database):
    """Tells ``waiting`` when its process begins to wait for another one, and ``again`` each time it goes on waiting."""

    def __init__(self, dsn: Callable[[], str], waiting: threading.Semaphore, again: threading.Semaphore) -> None:
        super().__init__(dsn)
        self._told = iter([waiting])
        self._again = again

    @contextlib.contextmanager
    def listening(self, channel: str) -> Iterator[Callable[[float], None]]:
        with super().listening(channel) as wait:
            next(self._told, self._again).release()
            yield wait


def chat_of(server: OpenAIServer) -> Chat:
    catalogue = {
        "providers": {"main": {"base_url": server.base_url}},
        "models": {"writer": {"provider": "main", "cost_per_1k_usd": 0.01}},
        "chat": "writer",
    }
    chat = build_chat(parse_catalogue(json.dumps(catalogue)), {"main": "sk-of-this-test"})
    assert chat
    return chat


def question_to(base: Base, text: str) -> Question:
    return Question(text, [base.kb_id], "en", mode="hybrid", use_cache=True, legs=["words"])


@dataclass
class House:
    """Processes that ask the same model server, each with a connection and caches of its own."""

    url: str
    server: OpenAIServer
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    again: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def ask(self, base: Base, text: str = QUESTION, *, until_s: float = AWAITED_UNTIL_S, **options: Any) -> Answered:
        chat = chat_of(self.server)
        answerer = Answerer(
            "m", lambda: FakeEmbedder({}, dimensions=384), PgvectorBackend(), HostedAnswer(chat, OfflineAnswer(None)),
            chat=chat, made_by="writer", cache=AnswerCache(), awaited_until_s=until_s,
        )  # fmt: skip
        question = replace(question_to(base, text), **options)
        database = WatchedDatabase(lambda: self.url, self.waiting, self.again)
        try:
            return final_answer(answer_question(TenantDatabase(database, base.tenant_id), question, answerer))
        finally:
            database.close()

    def are_waiting(self, number: int) -> None:
        for _ in range(number):
            assert self.waiting.acquire(timeout=PATIENCE_S), "nobody waits"


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def house(database_url: str, model: Model) -> Iterator[House]:
    with running_server() as server:
        server.script = [model]
        yield House(database_url, server)
        model.go_on.set()


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return base_of(admin, FACT)


def base_of(admin: psycopg.Connection[Any], fact: str) -> Base:
    base = create_base(admin)
    index_document(admin, base, "badges.md", fact)
    return base


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(TOGETHER) as pool:
        yield pool


def is_cached(answered: Answered) -> bool:
    return answered.trace.ran("semantic_cache")


def results(futures: list[Future[Answered]]) -> list[Answered]:
    return [future.result(PATIENCE_S) for future in futures]


@pytest.mark.parametrize("number", range(3))
def test_fifty_at_once_cost_one_reply(
    house: House, base: Base, model: Model, pool: ThreadPoolExecutor, number: int
) -> None:
    """The model replies at once, so that some ask while the first one ends."""
    model.go_on.set()
    at_once = threading.Barrier(TOGETHER)

    def ask() -> Answered:
        at_once.wait(PATIENCE_S)
        return house.ask(base)

    answers = results([pool.submit(ask) for _ in range(TOGETHER)])

    assert len(model.calls) == 1
    assert sorted(map(is_cached, answers)) == [False] + [True] * (TOGETHER - 1)
    assert {answered.text for answered in answers} == {f"{FACT} [1]"}
    assert sum(answered.usage.tokens for answered in answers) == 120


def test_all_of_a_slow_reply_s_waiters_have_it_as_soon_as_it_is_there(
    house: House, base: Base, model: Model, pool: ThreadPoolExecutor
) -> None:
    first = pool.submit(house.ask, base)
    model.is_called()
    others = [pool.submit(house.ask, base) for _ in range(TOGETHER - 1)]
    house.are_waiting(TOGETHER - 1)
    model.go_on.set()
    answers = results([first, *others])

    assert len(model.calls) == 1
    assert [is_cached(answered) for answered in answers] == [False] + [True] * (TOGETHER - 1)
    for answered in answers[1:]:
        assert answered.trace.seconds([AWAITED]) > 0
        assert answered.total_s >= sum(run.seconds for run in answered.trace.runs)


def test_a_hard_question_is_put_in_other_words_once(
    house: House, base: Base, model: Model, pool: ThreadPoolExecutor
) -> None:
    first = pool.submit(house.ask, base, HARD, mode="ultimate")
    model.is_called()
    others = [pool.submit(house.ask, base, HARD, mode="ultimate") for _ in range(4)]
    house.are_waiting(4)
    model.go_on.set()
    answers = results([first, *others])

    assert len(model.calls) == 2, "paraphrases and the answer"
    assert sorted(map(is_cached, answers)) == [False] + [True] * 4


@pytest.fixture
def led(house: House, base: Base, model: Model, pool: ThreadPoolExecutor) -> Iterator[Future[Answered]]:
    """The question is being answered, until the model is let go."""
    future = pool.submit(house.ask, base)
    model.is_called()
    yield future
    model.go_on.set()
    future.result(PATIENCE_S)


OTHERS: Final = [
    {"top_k": 3}, {"mode": "simple"}, {"language": "zh"}, {"graph": True}, {"self_rag": False}, {"rerank": True},
    {"compression": 0.5}, {"base_ids": None}, {"metadata": {"kind": "badge"}}, {"use_cache": False},
    {"history": [("user", "And a key?"), ("assistant", "No.")]}, {"text": "How long may a visitor's key be used?"},
]  # fmt: skip


@pytest.mark.parametrize("options", OTHERS, ids=lambda options: next(iter(options)))
def test_who_asks_something_else_waits_for_nobody(
    house: House, base: Base, led: Future[Answered], model: Model, pool: ThreadPoolExecutor, options: dict[str, Any]
) -> None:
    other = pool.submit(house.ask, base, **{"text": QUESTION, **options})
    if "metadata" not in options:  # nothing is found, so that no model is called
        model.is_called()

    assert not led.done()
    assert not house.waiting.acquire(blocking=False)
    model.go_on.set()
    assert not is_cached(other.result(PATIENCE_S))


def test_another_tenant_waits_for_nobody(
    house: House, admin: psycopg.Connection[Any], led: Future[Answered], model: Model, pool: ThreadPoolExecutor
) -> None:
    other = pool.submit(house.ask, base_of(admin, "A visitor's badge may be used for two days."))
    model.is_called()
    model.go_on.set()

    assert "two days" in other.result(PATIENCE_S).text
    assert "nine hours" in led.result(PATIENCE_S).text
    assert not house.waiting.acquire(blocking=False)


def test_who_asks_after_a_change_waits_for_no_answer_from_before(
    house: House, base: Base, admin: psycopg.Connection[Any], led: Future[Answered], model: Model,
    pool: ThreadPoolExecutor,
) -> None:  # fmt: skip
    index_document(admin, base, "notice.md", "A visitor's badge may be used for one hour at the gate.")
    other = pool.submit(house.ask, base)
    model.is_called()
    model.go_on.set()

    assert not is_cached(other.result(PATIENCE_S))
    assert not house.waiting.acquire(blocking=False)


def test_no_transaction_stays_open_while_the_model_is_waited_for(
    house: House, base: Base, admin: psycopg.Connection[Any], led: Future[Answered], model: Model,
    pool: ThreadPoolExecutor,
) -> None:  # fmt: skip
    others = [pool.submit(house.ask, base) for _ in range(5)]
    house.are_waiting(5)
    staying, ends_at = transactions(admin), time.monotonic() + PATIENCE_S / 3
    while staying and time.monotonic() < ends_at:  # a look at the claim is a short one
        staying &= transactions(admin)
    model.go_on.set()

    assert staying == set()
    assert all(map(is_cached, results(others)))


def transactions(admin: psycopg.Connection[Any]) -> set[tuple[Any, ...]]:
    """(process, beginning) of those that are open beside this look."""
    return set(
        admin.execute(
            "SELECT pid, xact_start FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        )
    )


def test_who_waits_for_a_process_that_dies_answers_soon(
    house: House, base: Base, admin: psycopg.Connection[Any], model: Model, pool: ThreadPoolExecutor
) -> None:
    first = pool.submit(house.ask, base)
    model.is_called()
    holder = admin.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted").fetchone()
    assert holder
    other = pool.submit(house.ask, base)
    house.are_waiting(1)
    started = time.monotonic()
    admin.execute("SELECT pg_terminate_backend(%s)", holder)
    model.is_called()
    took_s = time.monotonic() - started
    model.go_on.set()

    assert took_s < AWAITED_UNTIL_S / 2
    assert "nine hours" in other.result(PATIENCE_S).text
    with contextlib.suppress(Exception):
        first.result(PATIENCE_S)


def test_who_loses_its_connection_while_it_waits_goes_on_waiting(
    house: House, base: Base, admin: psycopg.Connection[Any], led: Future[Answered], model: Model,
    pool: ThreadPoolExecutor,
) -> None:  # fmt: skip
    other = pool.submit(house.ask, base)
    house.are_waiting(1)
    ends_at = time.monotonic() + PATIENCE_S
    while not admin.execute(CLOSE_WAITING).fetchall() and time.monotonic() < ends_at:
        pass  # it has not come to the wait yet
    assert house.again.acquire(timeout=PATIENCE_S)
    model.go_on.set()

    assert is_cached(other.result(PATIENCE_S))
    assert len(model.calls) == 1


def test_who_has_waited_long_enough_answers_beside_the_other(
    house: House, base: Base, led: Future[Answered], model: Model, pool: ThreadPoolExecutor
) -> None:
    other = pool.submit(house.ask, base, until_s=0.3)
    model.is_called()
    model.go_on.set()

    assert not is_cached(answered := other.result(PATIENCE_S))
    assert 0 < answered.trace.seconds([AWAITED]) < AWAITED_UNTIL_S


def test_who_has_no_time_to_wait_does_not(
    house: House, base: Base, led: Future[Answered], model: Model, pool: ThreadPoolExecutor
) -> None:
    other = pool.submit(house.ask, base, until_s=0.0)
    model.is_called()
    model.go_on.set()

    assert not is_cached(other.result(PATIENCE_S))
    assert not house.waiting.acquire(blocking=False)


def test_an_answer_that_may_not_be_given_again_keeps_nobody_waiting(
    house: House, base: Base, model: Model, pool: ThreadPoolExecutor
) -> None:
    """The model fails once it is let go, so that the first answer is the reader's."""

    def fails(request: dict[str, Any]) -> Reply:
        model(request)
        return failure(400)(request)

    house.server.script = [fails]
    first = pool.submit(house.ask, base)
    model.is_called()
    others = [pool.submit(house.ask, base) for _ in range(3)]
    house.are_waiting(3)
    started = time.monotonic()
    model.go_on.set()
    answers = results([first, *others])

    assert time.monotonic() - started < AWAITED_UNTIL_S / 2
    assert all(answered.degraded == ("chat_model",) for answered in answers)


def claims(admin: psycopg.Connection[Any]) -> int:
    row = admin.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
    return int(row[0]) if row else -1


@dataclass
class BrokenReader:
    """Fails in the middle of an answer, or is left there."""

    error: Exception | None = None

    def __call__(self, retrieval: Retrieval) -> Iterator[Delta | Composed]:
        assert retrieval.passages
        yield Delta("A visitor's")
        if self.error:
            raise self.error


def begun(base: Base, database: Database, reader: BrokenReader, chat: Chat | None) -> Iterator[Delta | Answered]:
    """The events after the first."""
    answerer = Answerer("m", FakeEmbedder, PgvectorBackend(), reader, chat=chat)
    events = answer_question(TenantDatabase(database, base.tenant_id), question_to(base, QUESTION), answerer)
    next(events)
    return events


def test_an_answer_that_fails_ends_its_claim(
    base: Base, database: Database, admin: psycopg.Connection[Any], house: House
) -> None:
    events = begun(base, database, BrokenReader(RuntimeError("broken")), chat_of(house.server))
    held = claims(admin)
    with pytest.raises(RuntimeError):
        next(events)

    assert (held, claims(admin)) == (1, 0)


def test_an_answer_that_its_reader_leaves_ends_its_claim(
    base: Base, database: Database, admin: psycopg.Connection[Any], house: House
) -> None:
    events = begun(base, database, BrokenReader(), chat_of(house.server))
    held = claims(admin)
    del events

    assert (held, claims(admin)) == (1, 0)


def test_without_a_chat_model_nothing_is_claimed(
    base: Base, database: Database, admin: psycopg.Connection[Any]
) -> None:
    events = begun(base, database, BrokenReader(), chat=None)

    assert claims(admin) == 0
    del events
