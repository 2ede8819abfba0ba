"""Called without waiting at the end of a document whose base has become large: its partial indexes are made."""

from typing import Any

from voicehelper.entry.events import event_target
from voicehelper.operations.large_bases import index_large_bases
from voicehelper.resources import deployed_dsn


@event_target
def handler(detail: dict[str, Any]) -> None:
    index_large_bases(deployed_dsn())
