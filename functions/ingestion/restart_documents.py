"""SQS: documents of a base were queued → one execution each."""

from voicehelper.ingestion import restart
from voicehelper.resources import database
from voicehelper.settings import settings
from voicehelper.steps import queue_consumer


@queue_consumer
def handler(body: str) -> None:
    restart.start_queued(
        body,
        database=database(),
        state_machine_arn=settings().ingestion_state_machine_arn,
        queue_url=settings().restart_queue_url,
    )
