"""The whole product on this machine: database, emulator, deployment and front door, in one context manager."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import psycopg
from voicehelper.sql.migrate import MigrationChangedError, migrate

from infra.local import emulator, postgres
from infra.local.paths import APP_PYTHON, BUILD, RUNTIME_PYTHON, State
from infra.local.processes import StackError, claim_log, free_port, require_port, require_space, spawn, stop

Report = Callable[[str], None]


def read_models(path: Path) -> dict[str, Any]:
    """The model catalogue in a file, with the providers' keys under "keys"."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise StackError(f"{path} is not a readable model catalogue: {error}") from error


def require_build() -> None:
    """Raise StackError unless packages are built and Lambda's Python is there: they hold modules compiled for it."""
    if not (RUNTIME_PYTHON.exists() and (BUILD / "template.yaml").exists()):
        raise StackError("Nothing is built yet. `make run BUILT=1` builds first.")
    version = subprocess.run([RUNTIME_PYTHON, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("Python 3.13."):
        raise StackError(f"The packages are for Python 3.13, here is {version.strip()}: name one with VH_PYTHON.")


class Stack:
    """``with Stack(folder) as stack:`` gives ``base_url``, ``endpoint_url`` and ``dsn``; the folder keeps the data.

    ``port`` 0 takes any free one. Raises StackError with one line that says what to do.
    """

    base_url: str
    endpoint_url: str
    dsn: str
    outputs: dict[str, Any]

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        built: bool = False,
        enforce_policies: bool = False,
        durable: bool = False,
        models: Path | None = None,
        report: Report = lambda _: None,
    ) -> None:
        self.state = State(Path(folder).resolve())
        self._port, self._built, self._enforce, self._durable = port, built, enforce_policies, durable
        self._models = models
        self._report = report
        self._children: list[tuple[subprocess.Popen[bytes], int]] = []
        self._lock: IO[str] | None = None

    def __enter__(self) -> Stack:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self.state.unclean.unlink(missing_ok=True)

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        return [process for process, _ in self._children]

    def _start(self) -> None:
        self._prepare()
        crashed = self.state.unclean.exists()
        self.state.unclean.touch()
        self._report("database")
        server = postgres.start(self.state, durable=self._durable)
        self._children.append((server.process, signal.SIGINT))
        self.dsn = server.dsn
        self._migrate()
        self._report("AWS emulator")
        last_port = self._facts().get("emulator_port", 0)
        aws = emulator.start(self.state, preferred_port=last_port, enforce_policies=self._enforce)
        self._children.append((aws.process, signal.SIGTERM))
        self.endpoint_url = aws.endpoint_url
        self._report("deployment")
        self.deploy()
        self._open_front_door()
        self._write_facts()
        if crashed:
            self._report("redelivery of interrupted uploads")
            self.redeliver()

    def _prepare(self) -> None:
        self.state.prepare()
        require_space(self.state.folder)
        self._lock = self.state.lock.open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            where = self._facts().get("base_url", "unknown address")
            raise StackError(f"It is running already: {where}. `make stop` ends it.") from error
        if self._built:
            require_build()
        if self._port:
            claim_log(self.state.logs / "front_door.log").close()  # one of the last run may still hold the port
            require_port(self._port)
        self._port = self._port or free_port()
        self.base_url = f"http://localhost:{self._port}"

    def _migrate(self) -> None:
        try:
            with psycopg.connect(self.dsn) as connection:
                migrate(connection)
        except MigrationChangedError as error:
            raise StackError(
                f"This data was made by another version ({error}). `make reset` starts with empty data."
            ) from error

    def deploy(self) -> None:
        """Create the stack, or update it in place after a change of the template."""
        request = {
            "endpoint_url": self.endpoint_url,
            "dsn": self.dsn,
            "public_base_url": self.base_url,
            "python": str(RUNTIME_PYTHON if self._built else APP_PYTHON),
            "built": self._built,
            "models": read_models(self._models) if self._models else None,
        }
        self.outputs = emulator.deploy(self.state, request)

    def _open_front_door(self) -> None:
        command = [APP_PYTHON, "-m", "infra.local.front_door", str(self._port), self.outputs["api_url"]]
        process = spawn(command, log=claim_log(self.state.logs / "front_door.log"))
        self._children.append((process, signal.SIGTERM))
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.05)
        raise StackError(f"The front door did not open on port {self._port}; see {self.state.logs / 'front_door.log'}.")

    def redeliver(self) -> int:
        """Send the upload event of every stored file again, which consumers must tolerate from S3 anyway.

        After kill -9 the emulator may have lost the last seconds of its queues; SQS would not.
        """
        from infra.local.redelivery import redeliver_uploads

        return redeliver_uploads(self.endpoint_url, self.outputs["content_bucket"], self.outputs["upload_queue_url"])

    def _facts(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.state.facts.read_text("utf-8")))
        except (OSError, ValueError):
            return {}

    def _write_facts(self) -> None:
        facts = {
            "pid": os.getpid(),
            "base_url": self.base_url,
            "endpoint_url": self.endpoint_url,
            "emulator_port": int(self.endpoint_url.rpartition(":")[2]),
            "dsn": self.dsn,
        }
        draft = self.state.facts.with_suffix(".draft")  # replaced whole: a reader sees the old facts or the new ones
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(facts, indent=1), "utf-8")
        draft.replace(self.state.facts)

    def _stop(self) -> None:
        for process, with_signal in reversed(self._children):
            stop(process, with_signal=with_signal)
        self._children.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
