"""GET /api/v1/webhooks, one of them, and its deliveries"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import PageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.webhooks import AdministratorDep
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.id_types import WebhookId
from voicehelper.shapes.pages import Page
from voicehelper.webhooks import service
from voicehelper.webhooks.models import Delivery, DeliveryStatus, Webhook
from voicehelper.webhooks.store import WebhookNotFoundError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])
REFUSED = (RoleMissingError, service.KeyBoundToBasesError)


@router.get("/webhooks", summary="The webhooks of the workspace, the newest first.", responses=errors(*REFUSED))
def list_webhooks(page: PageDep, admin: AdministratorDep) -> Page[Webhook]:
    return service.list_webhooks(admin, page)


@router.get("/webhooks/{webhook_id}", summary="One webhook.", responses=errors(*REFUSED, WebhookNotFoundError))
def get_webhook(webhook_id: WebhookId, admin: AdministratorDep) -> Webhook:
    return service.get_webhook(admin, webhook_id)


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    summary="What a webhook was told, or will be; kept for 30 days.",
    responses=errors(*REFUSED, WebhookNotFoundError),
)
def list_deliveries(
    webhook_id: WebhookId, page: PageDep, admin: AdministratorDep, status: DeliveryStatus | None = None
) -> Page[Delivery]:
    return service.list_deliveries(admin, webhook_id, status, page)


handler = lambda_handler(router)
