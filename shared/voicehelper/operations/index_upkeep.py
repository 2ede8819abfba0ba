"""What indexes need outside any transaction; ``look_after_indexes`` is the entry.

``functions/ingestion/index_large_bases.py`` calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from voicehelper.adapters.database import Database
from voicehelper.adapters.deadline import seconds_left
from voicehelper.observability.logs import logger
from voicehelper.operations.large_bases import index_large_bases

if TYPE_CHECKING:
    from voicehelper.index.opensearch.upkeep import Target

_SPARE_S: Final = 60.0  # a document's changes are passed on in less


def look_after_indexes(database: Database, dsn: str, target: Target | None, *, compares: bool) -> None:
    """The partial indexes of large bases, and the search engine beside the database, if there is one.

    ``compares``: what it holds is compared with the database first. UpstreamUnavailableError where it is away, after
    the rest.
    """
    try:
        if target:
            tell_search_engine(database, target, compares=compares)
    finally:
        index_large_bases(dsn)


def tell_search_engine(database: Database, target: Target, *, compares: bool) -> None:
    from voicehelper.index.opensearch.repair import note_differences
    from voicehelper.index.opensearch.upkeep import bring_up_to_date

    differing = note_differences(database, target) if compares else 0
    documents = bring_up_to_date(database, target, go_on=_has_time)
    logger().info("search engine", extra={"documents": documents, "differing": differing})


def _has_time() -> bool:
    left_s = seconds_left()
    return left_s is None or left_s > _SPARE_S
