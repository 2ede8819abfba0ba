"""SQS: an object arrived, or a base's documents were queued → one execution per attempt, however often it is said."""

from voicehelper.entry.steps import queue_consumer
from voicehelper.ingestion import restart
from voicehelper.resources import database
from voicehelper.settings import settings


@queue_consumer
def handler(body: str) -> None:
    restart.start_for_message(
        body,
        database=database(),
        state_machine_arn=settings().ingestion_state_machine_arn,
        queue_url=settings().upload_queue_url,
    )
