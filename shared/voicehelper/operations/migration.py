"""Migrates the deployed database; ``functions/operations/migrate_database.py`` calls ``migrate_database``."""

from __future__ import annotations

import psycopg

from voicehelper.sql.migrate import migrate


def migrate_database(dsn: str) -> list[str]:
    """Names of the files applied in this run. Waits up to 60 s for a paused Aurora cluster to resume."""
    with psycopg.connect(dsn, connect_timeout=60) as connection:
        return migrate(connection)
