"""Webhooks as administrators handle them, and what the database tells them of, against a real PostgreSQL."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from voicehelper.adapters.database import Database
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.pages import PageRequest
from voicehelper.webhooks import service
from voicehelper.webhooks.models import EVENTS, MOST_WEBHOOKS
from voicehelper.webhooks.service import Administrator, KeyBoundToBasesError
from voicehelper.webhooks.store import DeliveryPendingError, TooManyWebhooksError, WebhookNotFoundError

from tests.integration.webhooks.conftest import END_DOCUMENT, Hooks
from tests.support.bases import create_base, create_document

PAGE = PageRequest(page=1, page_size=50)
END_TASK = "UPDATE agent_task SET status = %(status)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s"
NEW_TASK = """
    INSERT INTO agent_task (id, tenant_id, owner_id, task, language, mode, tools, kb_ids, max_steps, reflects, ends_by)
    VALUES (%s, %s, %s, 'secret words', 'en', 'react', '{}', %s, 5, false, now())
"""


def end_task(hooks: Hooks, status: str, bases: list[UUID] | None = None) -> None:
    """``waiting`` for a person is no status of a task, but an approval that is asked for."""
    owner, tenant_id, task_id = hooks.workspace.member(), hooks.workspace.tenant_id, uuid4()
    hooks.workspace.admin.execute(NEW_TASK, (task_id, tenant_id, owner, bases))
    with hooks.database.transaction(tenant_id) as tx:
        if status == "waiting":
            tx.run(
                "INSERT INTO agent_approval (id, tenant_id, task_id, planned, tool, arguments)"
                " VALUES (%(id)s, %(tenant_id)s, %(task)s, 1, 't', '{}')",
                id=uuid4(),
                task=task_id,
            )
        else:
            tx.run(END_TASK, id=task_id, status=status)


def told(hooks: Hooks) -> list[str]:
    return [event for (event,) in hooks.workspace.rows("SELECT event FROM webhook_delivery ORDER BY created_at, id")]


def test_every_end_is_told_and_nothing_else(hooks: Hooks) -> None:
    hooks.create(*EVENTS)
    for status in ("indexed", "failed", "deleting"):
        hooks.end_document(status)
    for status in ("completed", "failed", "cancelled", "timed_out", "waiting"):
        end_task(hooks, status)

    hooks.deliver()

    assert told(hooks) == list(EVENTS)
    assert "secret words" not in str(hooks.bodies())


def test_a_status_that_stays_is_not_told_again(hooks: Hooks) -> None:
    hooks.create("document.indexed")
    document_id = hooks.end_document()
    with hooks.database.transaction(hooks.workspace.tenant_id) as tx:
        tx.run(END_DOCUMENT, id=document_id, status="indexed")

    assert told(hooks) == ["document.indexed"]


def test_a_task_is_told_to_a_webhook_of_bases_if_it_could_search_no_other(hooks: Hooks) -> None:
    kb_id, other = hooks.workspace.base.kb_id, hooks.workspace.other_base().kb_id
    hooks.create("task.completed", "task.failed", "task.cancelled", bases=[f"kb-{kb_id}"])

    end_task(hooks, "completed", [kb_id])
    end_task(hooks, "failed", [kb_id, other])
    end_task(hooks, "cancelled")

    assert told(hooks) == ["task.completed"]


def test_no_other_workspace_hears_anything(hooks: Hooks) -> None:
    hooks.create("document.indexed")
    other = create_base(hooks.workspace.admin)
    document_id = create_document(hooks.workspace.admin, other)
    with hooks.database.transaction(other.tenant_id) as tx:
        tx.run(END_DOCUMENT, id=document_id, status="indexed")

    assert (told(hooks), hooks.wakes) == ([], [])


def test_a_transaction_whose_message_cannot_be_sent_changes_nothing(hooks: Hooks, database_url: str) -> None:
    hooks.create("document.indexed")
    document_id = create_document(hooks.workspace.admin, hooks.workspace.base)

    def away(*_: object) -> None:
        raise UpstreamUnavailableError

    database = Database(lambda: database_url, away)
    with pytest.raises(UpstreamUnavailableError), database.transaction(hooks.workspace.tenant_id) as tx:
        tx.run(END_DOCUMENT, id=document_id, status="indexed")
    database.close()

    assert hooks.workspace.rows("SELECT status FROM document") == [("processing",)]
    assert told(hooks) == []


def test_a_workspace_has_so_many_webhooks_and_no_more(hooks: Hooks) -> None:
    for _ in range(MOST_WEBHOOKS):
        hooks.create()

    with pytest.raises(TooManyWebhooksError):
        hooks.create()

    assert service.list_webhooks(hooks.admin, PAGE).total == MOST_WEBHOOKS


def test_only_administrators_and_their_keys_of_all_bases_handle_webhooks(hooks: Hooks) -> None:
    workspace, editor = hooks.workspace, hooks.workspace.member("editor")
    keys = {name: uuid4() for name in ("free", "bound")}
    for name, key_id in keys.items():
        bases = [workspace.base.kb_id] if name == "bound" else None
        workspace.admin.execute(
            "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes, bases)"
            " VALUES (%s, %s, %s, %s, %s, '', '{admin}', %s)",
            (key_id, workspace.tenant_id, hooks.admin.user_id, name, name, bases),
        )

    def listed(user_id: UUID, key: str | None = None) -> int:
        admin = Administrator(workspace.as_(user_id), user_id, keys[key] if key else None)
        return service.list_webhooks(admin, PAGE).total

    assert listed(hooks.admin.user_id) == listed(hooks.admin.user_id, "free") == 0
    with pytest.raises(KeyBoundToBasesError):
        listed(hooks.admin.user_id, "bound")
    with pytest.raises(RoleMissingError):
        listed(editor)


def test_a_base_that_is_gone_takes_what_was_to_be_told_of_it_and_widens_nothing(hooks: Hooks) -> None:
    other = hooks.workspace.other_base()
    webhook = hooks.create("document.indexed", bases=[f"kb-{other.kb_id}"])
    hooks.end_document(base=other)

    hooks.workspace.admin.execute("DELETE FROM knowledge_base WHERE id = %s", (other.kb_id,))
    hooks.end_document()

    assert told(hooks) == []
    assert service.get_webhook(hooks.admin, webhook.id).bases == []
    with pytest.raises(KnowledgeBaseNotFoundError):
        hooks.create(bases=[f"kb-{other.kb_id}"])


def test_a_deleted_webhook_and_a_deleted_workspace_leave_nothing(hooks: Hooks) -> None:
    webhook, _ = hooks.create(), hooks.create()
    hooks.end_document()
    service.delete_webhook(hooks.admin, webhook.id)
    assert len(told(hooks)) == 1
    with pytest.raises(WebhookNotFoundError):
        service.delete_webhook(hooks.admin, webhook.id)

    hooks.workspace.admin.execute("DELETE FROM tenant WHERE id = %s", (hooks.workspace.tenant_id,))

    tables = ("webhook", "webhook_delivery", "webhook_clock")
    assert [hooks.workspace.rows(f"SELECT count(*) FROM {name}") for name in tables] == [[(0,)]] * 3


def test_a_webhook_that_is_enabled_again_is_told_what_waited(hooks: Hooks) -> None:
    webhook = hooks.create()
    hooks.end_document()
    hooks.change(webhook.id, enabled=False)
    hooks.end_document()
    hooks.deliver()
    assert (told(hooks), hooks.web.requests) == (["document.indexed"], [])

    hooks.change(webhook.id, enabled=True)
    hooks.deliver()

    assert len(hooks.web.requests) == 1


def test_a_ping_reaches_a_disabled_webhook_and_is_sent_again_once_it_has_ended(hooks: Hooks) -> None:
    webhook = hooks.create()
    hooks.change(webhook.id, enabled=False)
    ping = service.ping(hooks.admin, webhook.id)
    with pytest.raises(DeliveryPendingError):
        service.redeliver(hooks.admin, webhook.id, ping.id)

    hooks.deliver()
    service.redeliver(hooks.admin, webhook.id, ping.id)
    hooks.deliver()

    assert len(hooks.web.requests) == 2
    assert service.list_deliveries(hooks.admin, webhook.id, "delivered", PAGE).items[0].attempts == 1
    assert service.list_deliveries(hooks.admin, webhook.id, "dead", PAGE).total == 0


def test_a_webhook_is_told_of_the_bases_that_it_is_given(hooks: Hooks) -> None:
    kb_id, other = hooks.workspace.base.kb_id, hooks.workspace.other_base()
    webhook = hooks.create("document.indexed", bases=[f"kb-{kb_id}"])
    hooks.change(webhook.id, description="moved")
    kept = service.get_webhook(hooks.admin, webhook.id).bases
    moved = hooks.change(webhook.id, bases=[f"kb-{other.kb_id}"]).bases
    with pytest.raises(KnowledgeBaseNotFoundError):
        hooks.change(webhook.id, bases=[f"kb-{create_base(hooks.workspace.admin).kb_id}"])
    hooks.end_document()
    hooks.end_document(base=other)
    told_of_other = told(hooks)
    widened = hooks.change(webhook.id, bases=None).bases
    hooks.end_document()

    assert (kept, moved, widened) == ([kb_id], [other.kb_id], None)
    assert (len(told_of_other), len(told(hooks))) == (1, 2)
    assert hooks.workspace.rows(
        "SELECT details->'bases' FROM audit_entry WHERE action = 'webhook.changed' ORDER BY at, id"
    ) == [(None,), ([f"kb-{other.kb_id}"],), (None,)]


def test_what_was_done_is_in_the_audit_log_without_what_an_address_may_hide(hooks: Hooks) -> None:
    webhook = hooks.create(path="/hook?token=hidden")
    hooks.change(webhook.id, url=f"{hooks.web.url}/other?token=hidden", rotate_secret=True, enabled=False)
    service.delete_webhook(hooks.admin, webhook.id)

    entries = hooks.workspace.rows("SELECT action, details FROM audit_entry ORDER BY at, id")

    assert entries == [
        ("webhook.created", {"host": "127.0.0.1", "events": ["document.indexed"]}),
        ("webhook.changed", {"host": "127.0.0.1", "enabled": False, "secret": "rotated"}),
        ("webhook.deleted", {}),
    ]


def test_the_database_holds_no_secret(hooks: Hooks) -> None:
    created = hooks.create()

    [(row,)] = hooks.workspace.rows("SELECT webhook::text FROM webhook")

    assert created.secret.removeprefix("whsec_") not in row
