"""SQS: an object arrived or documents were queued → one execution per attempt; content was deleted → its purge."""

from voicehelper.entry.queues import queue_consumer
from voicehelper.ingestion.work import handle_message
from voicehelper.resources import database, ingestions, purge_later, upload_queue
from voicehelper.settings import settings
from voicehelper.webhook_resources import tell_webhooks


@queue_consumer
def handler(message: str) -> None:
    handle_message(
        message,
        database=database(),
        ingestions=ingestions(),
        uploads=upload_queue(),
        purge_later=purge_later(),
        tell_webhooks=tell_webhooks,
        at_once=settings().running_documents,
    )
