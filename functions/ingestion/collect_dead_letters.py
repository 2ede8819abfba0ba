"""Schedule: a dead-letter queue's messages → whoever ends or repeats what they are about."""

from voicehelper.entry.events import asynchronous_call
from voicehelper.ingestion.dead_letters import collect
from voicehelper.ingestion.events import DeadLettersDue
from voicehelper.operation_resources import keep_letter
from voicehelper.resources import fail_later, queue, upload_queue


@asynchronous_call(DeadLettersDue)
def handler(event: DeadLettersDue) -> None:
    collect(queue(event.queue_url), uploads=upload_queue(), fail_later=fail_later(), keep=keep_letter)
