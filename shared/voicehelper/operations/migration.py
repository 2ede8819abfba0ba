"""The migration runner against the deployed database."""

from __future__ import annotations

import psycopg

from voicehelper.sql.migrate import migrate


def migrate_database(dsn: str) -> list[str]:
    """Names of the files applied now. Waits up to 60 s for a sleeping Aurora cluster to wake."""
    with psycopg.connect(dsn, connect_timeout=60) as connection:
        return migrate(connection)
