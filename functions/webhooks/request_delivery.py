"""POST /api/v1/webhooks/{webhook_id}/ping, and another delivery of what was told before"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.webhooks import AdministratorDep
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.id_types import DeliveryId, WebhookId
from voicehelper.webhooks import service
from voicehelper.webhooks.models import Delivery
from voicehelper.webhooks.store import DeliveryNotFoundError, DeliveryPendingError, WebhookNotFoundError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])
REFUSED = (RoleMissingError, service.KeyBoundToBasesError)


@router.post(
    "/webhooks/{webhook_id}/ping",
    status_code=202,
    summary="Send a test delivery; the webhook's deliveries tell how it went.",
    responses=errors(*REFUSED, WebhookNotFoundError),
)
def ping_webhook(webhook_id: WebhookId, admin: AdministratorDep) -> Delivery:
    return service.ping(admin, webhook_id)


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    summary="Send a delivery that has ended once more, under its id.",
    responses=errors(*REFUSED, WebhookNotFoundError, DeliveryNotFoundError, DeliveryPendingError),
)
def redeliver(webhook_id: WebhookId, delivery_id: DeliveryId, admin: AdministratorDep) -> Delivery:
    return service.redeliver(admin, webhook_id, delivery_id)


handler = lambda_handler(router)
