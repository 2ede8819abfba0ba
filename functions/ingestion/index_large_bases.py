"""Called without waiting at the end of a document whose base needs it: indexes of large bases, the search engine."""

from typing import Any

from voicehelper.entry.events import event_target
from voicehelper.index.selection import select_target
from voicehelper.operations.index_upkeep import look_after_indexes
from voicehelper.resources import database, deployed_dsn
from voicehelper.settings import settings


@event_target
def handler(detail: dict[str, Any]) -> None:
    look_after_indexes(database(), deployed_dsn(), select_target(settings()), compares="compares" in detail)
