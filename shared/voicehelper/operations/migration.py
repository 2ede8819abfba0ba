"""The migration runner against the deployed database."""

from __future__ import annotations

import psycopg

from voicehelper.adapters.aws_call import read_secret
from voicehelper.resources import database_dsn
from voicehelper.settings import settings
from voicehelper.sql.migrate import migrate


def migrate_database() -> list[str]:
    """Names of the files applied now. Waits up to 60 s for a sleeping Aurora cluster to wake."""
    dsn = database_dsn(read_secret(settings().database_secret_name)[1])
    with psycopg.connect(dsn, connect_timeout=60) as connection:
        return migrate(connection)
