"""SQS: an object arrived → one execution per attempt, however often the event is delivered."""

from voicehelper.ingestion import start
from voicehelper.resources import database
from voicehelper.settings import settings
from voicehelper.steps import queue_consumer


@queue_consumer
def handler(body: str) -> None:
    start.start_for_message(body, database=database(), state_machine_arn=settings().ingestion_state_machine_arn)
