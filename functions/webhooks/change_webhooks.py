"""POST /api/v1/webhooks, PATCH and DELETE of one: secrets are shown once"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.webhooks import AdministratorDep
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.id_types import WebhookId
from voicehelper.webhook_resources import reach, webhook_keys
from voicehelper.webhooks import service
from voicehelper.webhooks.addresses import WebhookUrlRefusedError
from voicehelper.webhooks.models import ChangedWebhook, CreatedWebhook, NewWebhook, WebhookChange
from voicehelper.webhooks.store import TooManyWebhooksError, WebhookNotFoundError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])
REFUSED = (RoleMissingError, service.KeyBoundToBasesError)


@router.post(
    "/webhooks",
    status_code=201,
    summary="Have ends of documents and tasks told to an address; the secret is shown once.",
    responses=errors(*REFUSED, WebhookUrlRefusedError, KnowledgeBaseNotFoundError, TooManyWebhooksError),
)
def create_webhook(new: NewWebhook, admin: AdministratorDep) -> CreatedWebhook:
    return service.create_webhook(admin, new, keys=webhook_keys(), reach=reach())


@router.patch(
    "/webhooks/{webhook_id}",
    summary="Change a webhook, or its secret; the one before signs for another day.",
    responses=errors(*REFUSED, WebhookNotFoundError, WebhookUrlRefusedError, KnowledgeBaseNotFoundError),
)
def change_webhook(webhook_id: WebhookId, change: WebhookChange, admin: AdministratorDep) -> ChangedWebhook:
    return service.change_webhook(admin, webhook_id, change, keys=webhook_keys(), reach=reach())


@router.delete(
    "/webhooks/{webhook_id}",
    status_code=204,
    summary="Delete a webhook and its deliveries.",
    responses=errors(*REFUSED, WebhookNotFoundError),
)
def delete_webhook(webhook_id: WebhookId, admin: AdministratorDep) -> None:
    service.delete_webhook(admin, webhook_id)


handler = lambda_handler(router)
