"""Queue, executions, dead letters and the pipeline's functions in one process, over a real database.

A message may come several times, in any order, or fail until it is a dead letter; an execution may succeed, fail, or be
lost. The functions are the deployed ones; what they reach for at AWS stands in this world.
"""

from __future__ import annotations

import contextlib
import importlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock
from uuid import UUID

import psycopg
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.models.pricing import Tariffs

from tests.support.fakes import FakeContent, FakeExecutions, FakeLetters
from tests.support.postgres import make_database, make_template, running_server

Json = dict[str, Any]
RECEIVES: Final = 3  # after which a message is a dead letter
REFUSED, REFUSED_BUSY = 0.03, 0.7  # of the starts of executions
GIVEN_UP: Final = 0.02  # of the messages, which nobody was there to take


class Storage(FakeContent):
    """A missing object is what S3 makes of it."""

    def get(self, key: str) -> bytes:
        try:
            return super().get(key)
        except KeyError as error:
            raise UpstreamUnavailableError(f"S3: {key}") from error


@dataclass
class Message:
    body: str
    received: int = 0


@dataclass
class Queue:
    """``waiting`` comes in any order; what is sent with a long delay comes when nothing else waits."""

    waiting: list[Message] = field(default_factory=list)
    later: list[Message] = field(default_factory=list)

    def send(self, message: Mapping[str, Any], *, delay_s: int = 0) -> None:
        (self.later if delay_s else self.waiting).append(Message(json.dumps(message)))


@dataclass
class Executions(FakeExecutions):
    """Some starts are refused, and most while the service is busy."""

    random: Random = field(default_factory=Random)
    is_busy: bool = False
    ended: list[tuple[str, str]] = field(default_factory=list)  # (name, status), of which EventBridge tells

    def start(self, name: str, payload: str) -> bool:
        if self.random.random() < (REFUSED_BUSY if self.is_busy else REFUSED):
            raise UpstreamUnavailableError("busy")
        return super().start(name, payload)

    def end(self, name: str, status: str) -> None:
        self.statuses[name] = status
        self.ended.append((name, status))

    @property
    def running(self) -> list[str]:
        return [name for name in self.payloads if name not in self.statuses]


@dataclass
class World:
    """What is delivered to whom; ``counts`` by what it was."""

    database: Database
    admin: psycopg.Connection[Any]
    random: Random
    at_once: int
    again: float = 0.5  # of the messages come once more
    given_up: float = GIVEN_UP
    queue: Queue = field(default_factory=Queue)
    letters: FakeLetters = field(default_factory=FakeLetters)
    content: Storage = field(default_factory=Storage)
    calls: list[tuple[str, Json]] = field(default_factory=list)  # handed over to functions, not yet delivered
    counts: Counter[str] = field(default_factory=Counter)
    most: int = 0  # attempts with a turn at the same time

    def __post_init__(self) -> None:
        self.executions = Executions(random=self.random)

    def new_id(self) -> UUID:
        """Ids order what waits, so they follow from the seed."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def tenant(self, tenant_id: Any) -> TenantDatabase:
        return TenantDatabase(self.database, tenant_id)

    def deliver(self) -> None:
        """One batch of the queue, in no order."""
        size = min(len(self.queue.waiting), self.random.randint(1, 10))
        drawn = [self._drawn() for _ in range(size)]
        batch = [message for message in drawn if not self._gives_up(message)]
        again = [Message(message.body) for message in batch if self.random.random() < self.again]
        records = [{"messageId": str(number), "body": message.body} for number, message in enumerate(batch)]
        failed = self.call("start_ingestion", {"Records": records})["batchItemFailures"]
        self.queue.waiting += again
        for item in failed:
            self._put_back(batch[int(item["itemIdentifier"])])
        for message in batch:
            self.counts[kind_of(message.body)] += 1
        row = self.admin.execute("SELECT count(*)::int FROM running_attempt").fetchone()
        self.most = max(self.most, row[0] if row else 0)

    def _drawn(self) -> Message:
        message = self.queue.waiting.pop(self.random.randrange(len(self.queue.waiting)))
        message.received += 1
        return message

    def _gives_up(self, message: Message) -> bool:
        if self.random.random() >= self.given_up:
            return False
        self.letters.bodies.append(message.body)
        return True

    def _put_back(self, message: Message) -> None:
        if message.received >= RECEIVES:
            self.letters.bodies.append(message.body)
        else:
            self.queue.waiting.append(message)

    def deliver_call(self) -> None:
        """An asynchronous call; Lambda may make it twice."""
        name, event = self.calls.pop(self.random.randrange(len(self.calls)))
        for _ in range(self.random.choice((1, 1, 2))):
            self.call(name, event)
            self.counts["handed over"] += 1

    def tell_of_an_end(self) -> None:
        """A status event, which may come long after."""
        name, status = self.executions.ended.pop(self.random.randrange(len(self.executions.ended)))
        detail = {"input": self.executions.payloads[name], "status": status}
        for _ in range(self.random.choice((1, 1, 2))):
            self.call("end_overdue", {"detail": detail})
            self.counts["status events"] += 1

    def read_letters(self) -> None:
        self.counts["dead letters"] += len(self.letters.bodies)
        self.call("collect_dead_letters", {"queue_url": "dead"})
        self.letters.reappear()

    def call(self, name: str, event: Json) -> Any:
        room = "knowledge" if name == "purge_content" else "ingestion"
        return importlib.import_module(f"{room}.{name}").handler(event, None)


def kind_of(body: str) -> str:
    with contextlib.suppress(ValueError, RecursionError):
        message = json.loads(body)
        if isinstance(message, dict):
            if "Records" in message:
                return "uploads"
            return str(message.get("kind") or ("watches" if message.get("watches") else "queued bases"))
    return "poison"


@contextlib.contextmanager
def own_database() -> Iterator[tuple[Database, psycopg.Connection[Any]]]:
    """On a server of its own: as functions are given it, and as its owner sees it."""
    with running_server() as server:
        make_template(server)
        url = make_database(server)
        database = Database(lambda: url)
        with psycopg.connect(url, autocommit=True) as admin:
            yield database, admin
        database.close()


@contextlib.contextmanager
def in_world(world: World) -> Iterator[None]:
    """The functions' resources are this world's."""
    model = "m"
    stand_ins: dict[str, dict[str, Any]] = {
        "ingestion.start_ingestion": {
            "ingestions": lambda: world.executions,
            "upload_queue": lambda: world.queue,
            "purge_later": lambda: lambda event: world.calls.append(("purge_content", dict(event))),
            "tell_webhooks": lambda _: None,
            "settings": lambda: SimpleNamespace(running_documents=world.at_once),
        },
        "ingestion.end_overdue": {"upload_queue": lambda: world.queue},
        "ingestion.fail_undeliverable": {"upload_queue": lambda: world.queue},
        "ingestion.collect_dead_letters": {
            "queue": lambda _: world.letters,
            "upload_queue": lambda: world.queue,
            "fail_later": lambda: lambda event: world.calls.append(("fail_undeliverable", dict(event))),
            "keep_letter": lambda _: world.counts.update({"letters kept": 1}),
        },
        "ingestion.mark_failed": {"upload_queue": lambda: world.queue},
        "ingestion.index_text": {"content": lambda: world.content, "chunk_index": PgvectorBackend},
        "ingestion.index_vectors": {
            "content": lambda: world.content,
            "chunk_index": PgvectorBackend,
            "embedding_model": lambda: model,
            "tariffs": Tariffs,
        },
        "ingestion.finish_document": {
            "chunk_index": PgvectorBackend,
            "upload_queue": lambda: world.queue,
            "start_upkeep": lambda: None,
        },
        "knowledge.purge_content": {"content": lambda: world.content},
    }
    with contextlib.ExitStack() as stack:
        for name, values in stand_ins.items():
            module = importlib.import_module(name)
            if hasattr(module, "database"):
                values["database"] = lambda: world.database
            stack.enter_context(mock.patch.multiple(module, **values))
        yield
