"""What a process builds once and connects at first use; free of any web framework, so pipeline steps share it."""

from __future__ import annotations

import functools
from typing import Any

from voicehelper.adapters.aws_call import read_secret
from voicehelper.adapters.database import Database
from voicehelper.settings import settings


@functools.cache
def database() -> Database:
    return Database(lambda: database_dsn(read_secret(settings().database_secret_name)[1]))


def database_dsn(secret: dict[str, Any]) -> str:
    """A connection string from our own secret ({"dsn"}) or from the one RDS manages."""
    if "dsn" in secret:
        return str(secret["dsn"])
    from psycopg.conninfo import make_conninfo

    return make_conninfo(
        host=secret["host"],
        port=secret.get("port", 5432),
        dbname=secret.get("dbname", "voicehelper"),
        user=secret["username"],
        password=secret["password"],
        sslmode="require",
    )
