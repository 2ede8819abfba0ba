"""Webhooks as administrators handle them; ``functions/webhooks`` are the callers.

A webhook belongs to the workspace, and is told of all of it, or of its bases. So an API key that sees some bases alone
handles none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.errors import ForbiddenError
from voicehelper.identity.audit import record
from voicehelper.index.bases import read_bases
from voicehelper.members.roles import require_role
from voicehelper.shapes.ids import new_id, show
from voicehelper.shapes.pages import Page, PageRequest
from voicehelper.webhooks import store
from voicehelper.webhooks.addresses import Reach, require_allowed
from voicehelper.webhooks.models import (
    ChangedWebhook,
    CreatedWebhook,
    Delivery,
    DeliveryStatus,
    NewWebhook,
    Webhook,
    WebhookChange,
)
from voicehelper.webhooks.secrets import SecretName, WebhookKeys


class KeyBoundToBasesError(ForbiddenError):
    """The API key sees some bases alone; webhooks are the workspace's."""

    code = "KEY_BOUND_TO_BASES"


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who handles the workspace's webhooks; ``transaction`` refuses others."""

    tenant: TenantDatabase
    user_id: UUID
    key_id: UUID | None = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """RoleMissingError, KeyBoundToBasesError."""
        with self.tenant.transaction() as tx:
            require_role(tx, self.user_id)
            if self.key_id and store.is_bound_to_bases(tx, self.key_id):
                raise KeyBoundToBasesError
            yield tx


def create_webhook(admin: Administrator, new: NewWebhook, *, keys: WebhookKeys, reach: Reach) -> CreatedWebhook:
    """WebhookUrlRefusedError, KnowledgeBaseNotFoundError, TooManyWebhooksError."""
    require_allowed(new.url, reach)
    name = SecretName(new_id(), 1, keys.current_version)
    with admin.transaction() as tx:
        read_bases(tx, new.bases) if new.bases else None
        store.insert(tx, name.webhook_id, new, key_version=name.key_version, created_by=admin.user_id)
        record(tx, "webhook.created", show("webhook", name.webhook_id), host=_host(new.url), events=list(new.events))
        created = store.get(tx, name.webhook_id)
    return CreatedWebhook(**created.model_dump(), secret=keys.secret_of(name))


def list_webhooks(admin: Administrator, page: PageRequest) -> Page[Webhook]:
    with admin.transaction() as tx:
        items, total = store.list_page(tx, limit=page.page_size, offset=page.offset)
    return Page.of(items, total, page)


def get_webhook(admin: Administrator, webhook_id: UUID) -> Webhook:
    with admin.transaction() as tx:
        return store.get(tx, webhook_id)


def change_webhook(
    admin: Administrator, webhook_id: UUID, change: WebhookChange, *, keys: WebhookKeys, reach: Reach
) -> ChangedWebhook:
    """WebhookNotFoundError, WebhookUrlRefusedError, KnowledgeBaseNotFoundError."""
    if change.url is not None:
        require_allowed(change.url, reach)
    values = change.model_dump(exclude={"rotate_secret"}) | {"bases": change.bases}  # as UUIDs
    with admin.transaction() as tx:
        store.change(tx, webhook_id, names_bases=change.names_bases, **values)
        if change.bases:
            read_bases(tx, change.bases)
        secret = _rotate(tx, webhook_id, keys) if change.rotate_secret else None
        record(tx, "webhook.changed", show("webhook", webhook_id), **_audited(change))
        return ChangedWebhook(**store.get(tx, webhook_id).model_dump(), secret=secret)


def _audited(change: WebhookChange) -> dict[str, Any]:
    """What was changed; of an address its host, as the rest may hold a secret of the receiver."""
    details = change.model_dump(include={"events", "enabled"}, exclude_none=True)
    bases = [show("kb", kb_id) for kb_id in change.bases] if change.bases else None
    more: dict[str, Any] = {"host": _host(change.url)} if change.url else {}
    more |= {"bases": bases} if change.names_bases else {}
    return details | more | ({"secret": "rotated"} if change.rotate_secret else {})


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _rotate(tx: Transaction, webhook_id: UUID, keys: WebhookKeys) -> str:
    row = store.rotate(tx, webhook_id, key_version=keys.current_version)
    return keys.secret_of(SecretName(webhook_id, row.secret_number, row.key_version))


def delete_webhook(admin: Administrator, webhook_id: UUID) -> None:
    with admin.transaction() as tx:
        store.delete(tx, webhook_id)
        record(tx, "webhook.deleted", show("webhook", webhook_id))


def ping(admin: Administrator, webhook_id: UUID) -> Delivery:
    """A delivery of the event ``ping``; its own page tells how it went."""
    delivery_id = new_id()
    with admin.transaction() as tx:
        store.get(tx, webhook_id)
        store.add_ping(tx, delivery_id, webhook_id)
        return store.get_delivery(tx, webhook_id, delivery_id)


def list_deliveries(
    admin: Administrator, webhook_id: UUID, status: DeliveryStatus | None, page: PageRequest
) -> Page[Delivery]:
    with admin.transaction() as tx:
        store.get(tx, webhook_id)
        items, total = store.list_deliveries(tx, webhook_id, status=status, limit=page.page_size, offset=page.offset)
    return Page.of(list(items), total, page)


def redeliver(admin: Administrator, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    """DeliveryNotFoundError, DeliveryPendingError."""
    with admin.transaction() as tx:
        store.get(tx, webhook_id)
        store.redeliver(tx, webhook_id, delivery_id)
        return store.get_delivery(tx, webhook_id, delivery_id)
