"""Migrates the deployed database; ``functions/operations/migrate_database.py`` calls ``migrate_database``."""

from __future__ import annotations

import psycopg

from voicehelper.operations.release_workspace import keep_release_workspace
from voicehelper.sql.migrate import migrate
from voicehelper.sql.retention import keep_audit_entries


def migrate_database(dsn: str, *, audit_days: int) -> list[str]:
    """Names of the files applied in this run. Waits up to 60 s for a paused Aurora cluster to resume.

    Entries of the audit log are kept for ``audit_days`` from then on, for ever if that is 0.
    """
    with psycopg.connect(dsn, connect_timeout=60) as connection:
        applied = migrate(connection)
        keep_audit_entries(connection, audit_days)
        keep_release_workspace(connection)
    return applied
