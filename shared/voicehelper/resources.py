"""What a process builds once and connects at first use; free of any web framework, so pipeline steps share it."""

from __future__ import annotations

import functools

from voicehelper.adapters.aws_call import read_secret
from voicehelper.adapters.database import Database, database_dsn
from voicehelper.settings import settings


@functools.cache
def database() -> Database:
    return Database(deployed_dsn)


def deployed_dsn() -> str:
    return database_dsn(read_secret(settings().database_secret_name)[1])
