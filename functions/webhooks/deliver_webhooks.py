"""Handed over by the queue's consumer: a workspace's due deliveries → the function that sends them; what came of it"""

from voicehelper.entry.events import asynchronous_call
from voicehelper.webhook_resources import courier
from voicehelper.webhooks.delivering import deliver
from voicehelper.webhooks.messages import WebhooksDue


@asynchronous_call(WebhooksDue)
def handler(event: WebhooksDue) -> None:
    deliver(event, courier())
