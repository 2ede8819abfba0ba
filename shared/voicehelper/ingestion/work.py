"""Tells the messages of the upload queue apart. Entry: ``handle_message``, called by the queue's consumer.

One queue for all work, because Lambda polls every queue a function listens to, day and night. Every message may come
twice or late.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from voicehelper.adapters.database import Database
from voicehelper.adapters.executions import Executions
from voicehelper.adapters.invoke import Later
from voicehelper.adapters.queues import Queue
from voicehelper.ingestion.attempts import start_for_message
from voicehelper.ingestion.events import DELETIONS, DeletionDue
from voicehelper.ingestion.redriving import retry_for_letter


def handle_message(
    message: str,
    *,
    database: Database,
    ingestions: Executions,
    uploads: Queue,
    purge_later: Later,
    tell_webhooks: Callable[[str], None],
    at_once: int,
) -> None:
    """What may take minutes is handed over, and what is of another room; everything else starts documents, ``at_once``
    at most.
    """
    kind = json.loads(message).get("kind")
    if kind in DELETIONS:
        purge_later(DeletionDue.model_validate_json(message).model_dump(mode="json"))
        return
    if kind == "webhooks":
        tell_webhooks(message)
        return
    if kind == "redrive":
        retry_for_letter(json.loads(message)["letter"], database=database, uploads=uploads)
        return
    start_for_message(message, database=database, ingestions=ingestions, uploads=uploads, at_once=at_once)
