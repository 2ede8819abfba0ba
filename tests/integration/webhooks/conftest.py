"""A workspace that tells a real HTTP receiver: the product's database, outbox and sender, and a queue in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.webhooks import service
from voicehelper.webhooks.addresses import Reach
from voicehelper.webhooks.delivering import Courier, deliver
from voicehelper.webhooks.messages import WebhooksDue
from voicehelper.webhooks.models import CreatedWebhook, Event, NewWebhook, WebhookChange
from voicehelper.webhooks.posts import Posts
from voicehelper.webhooks.secrets import SecretName, WebhookKeys, secret_of
from voicehelper.webhooks.sending import Sender, send_posts
from voicehelper.webhooks.service import Administrator

from tests.support.bases import Base, create_document
from tests.support.fakes import FakeQueue
from tests.support.web_server import Answer, WebServer, web_server
from tests.support.workspaces import Workspace

END_DOCUMENT = "UPDATE document SET status = %(status)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s"
LOCAL = Reach(this_machine=True)


@dataclass
class Keys:
    """``WebhookKeys`` without a parameter store."""

    current_version: int = 1

    def secret_of(self, name: SecretName) -> str:
        return secret_of(b"key %d" % name.key_version, name)


@dataclass
class Hooks:
    """``wakes`` are the messages that the database asked for; ``send`` may be replaced, to die on the way."""

    workspace: Workspace
    web: WebServer
    database: Database
    database_url: str
    wakes: list[tuple[UUID, int]]
    queue: FakeQueue = field(default_factory=FakeQueue)
    keys: Keys = field(default_factory=Keys)
    within_s: float = 2.0

    def __post_init__(self) -> None:
        user_id = self.workspace.member("admin")
        self.admin = Administrator(self.workspace.as_(user_id), user_id)
        self.web.answer = lambda _: Answer(200)

    def create(self, *events: Event, path: str = "/hook", **more: Any) -> CreatedWebhook:
        new = NewWebhook(url=f"{self.web.url}{path}", events=list(events or ["document.indexed"]), **more)
        return service.create_webhook(self.admin, new, keys=cast("WebhookKeys", self.keys), reach=LOCAL)

    def change(self, webhook_id: UUID, **values: Any) -> Any:
        change = WebhookChange(**values)
        return service.change_webhook(self.admin, webhook_id, change, keys=cast("WebhookKeys", self.keys), reach=LOCAL)

    def end_document(self, status: str = "indexed", *, base: Base | None = None, then: LiteralString = "") -> UUID:
        """In a transaction that goes on with the statement ``then``."""
        document_id = create_document(self.workspace.admin, base or self.workspace.base, "handbook.pdf")
        with self.database.transaction(self.workspace.tenant_id) as tx:
            tx.run(END_DOCUMENT, id=document_id, status=status)
            if then:
                tx.run(then)
        return document_id

    def post(self, payload: dict[str, Any]) -> dict[str, Any]:
        sender = Sender(self.keys.secret_of, LOCAL, within_s=self.within_s)
        return send_posts(Posts.model_validate(payload), sender).model_dump(mode="json")

    def another_process(self) -> Database:
        return Database(lambda: self.database_url)

    def deliver(self, send: Any = None, *, database: Database | None = None) -> None:
        courier = Courier(database or self.database, self.queue, send or self.post, jitter=lambda: 1.0)
        deliver(WebhooksDue(tenant_id=self.workspace.tenant_id), courier)

    def make_due(self) -> None:
        """As if the time of every pending delivery had come."""
        self.workspace.admin.execute("UPDATE webhook_delivery SET due_at = now() WHERE status = 'pending'")

    def rows(self) -> list[tuple[Any, ...]]:
        """(status, attempts, last_status, last_error), the oldest first."""
        return self.workspace.rows(
            "SELECT status, attempts, last_status, last_error FROM webhook_delivery ORDER BY created_at, id"
        )

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.web.requests]

    def next_wakes(self) -> list[float]:
        """Seconds from now of the messages that were sent."""
        times = [json.loads(message)["not_before"] for message in self.queue.messages]
        return [(datetime.fromisoformat(at) - datetime.now(UTC)).total_seconds() for at in times]


@pytest.fixture
def hooks(admin: psycopg.Connection[Any], database_url: str) -> Iterator[Hooks]:
    wakes: list[tuple[UUID, int]] = []
    database = Database(lambda: database_url, lambda tenant, delay_s: wakes.append((tenant, delay_s)))
    with web_server() as web:
        yield Hooks(Workspace(admin, database), web, database, database_url, wakes)
    database.close()
