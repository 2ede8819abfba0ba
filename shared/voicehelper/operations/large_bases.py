"""Looks after the indexes of large bases; ``functions/ingestion/index_large_bases.py`` calls ``index_large_bases``."""

from __future__ import annotations

import psycopg

from voicehelper.adapters.deadline import seconds_left
from voicehelper.index.pgvector.upkeep import keep_up
from voicehelper.observability.logs import logger


def index_large_bases(dsn: str) -> None:
    """Waits up to 60 s for a database that wakes. The server notices within seconds if this process is killed."""
    left_s = seconds_left()
    options = "-c client_connection_check_interval=5000 -c idle_session_timeout=60000"
    with psycopg.connect(dsn, connect_timeout=60, autocommit=True, options=options) as connection:
        names = keep_up(connection, milliseconds_left=None if left_s is None else int(1000 * left_s))
    logger().info("large bases", extra={"indexes": names})
