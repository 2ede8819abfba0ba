"""Marks the document as indexed if the index has all its chunks and vectors; a new version already is.

Has a large base looked after.
"""

from __future__ import annotations

from collections.abc import Callable

from voicehelper.adapters.database import Database
from voicehelper.adapters.queues import Queue
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.protocol import IndexBackend
from voicehelper.ingestion import store, versions
from voicehelper.ingestion.attempts import end_span, ending
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.observability.logs import logger


def finish_document(
    event: IngestionEvent,
    *,
    database: Database,
    index: IndexBackend,
    uploads: Queue,
    start_upkeep: Callable[[], None],
) -> IngestionEvent:
    """A search needs no upkeep, so the document does not fail where that cannot be started; the next one tries."""
    with ending(event, database=database, uploads=uploads) as tx:
        opened = index.open(tx)
        if not versions.is_finished(tx, event):
            document = store.claim(tx, event, stage="finishing")
            if not versions.end_if_superseded(tx, event, opened, is_superseded=document.is_superseded):
                versions.publish(tx, event, opened)
        is_due = opened.needs_upkeep(event.kb_id)
    end_span(event)
    if is_due:
        try:
            start_upkeep()
        except UpstreamUnavailableError as error:
            logger().warning("upkeep not started", extra={"explanation": str(error)})
    return event
