"""A real PostgreSQL with pgvector for tests, started as the product starts its own; its data ends with the test run."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from voicehelper.sql.migrate import migrate

from infra.local import postgres
from infra.local.paths import State
from infra.local.processes import free_port, stop

__all__ = ["free_port", "in_database", "make_database", "make_template", "running_server"]

_FAST = (*postgres.NOT_DURABLE, "synchronous_commit=off", "shared_buffers=256MB")


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Connection string of a fresh cluster's maintenance database."""
    state = State(Path(tempfile.mkdtemp(prefix="voicehelper-tests-", dir="/var/tmp")))
    state.prepare()
    try:
        server = postgres.start(state, settings=_FAST)
        try:
            yield in_database(server.dsn, "postgres")
        finally:
            server.process.kill()
            stop(server.process)
    finally:
        for folder in postgres.data_folders(state):
            shutil.rmtree(folder, ignore_errors=True)


def make_template(dsn: str) -> None:
    """The migrated database that the databases of all tests are copied from."""
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("CREATE DATABASE vh_template")
    with psycopg.connect(in_database(dsn, "vh_template")) as connection:
        migrate(connection)


def make_database(dsn: str) -> str:
    """Connection string of a fresh, migrated database."""
    name = f"vh_{uuid.uuid4().hex}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        command = sql.SQL("CREATE DATABASE {} TEMPLATE vh_template STRATEGY file_copy")
        admin.execute(command.format(sql.Identifier(name)))
    return in_database(dsn, name)


def in_database(dsn: str, name: str) -> str:
    return f"{dsn.rpartition('/')[0]}/{name}"
