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
from typing import IO, Any, Protocol

import psycopg
from voicehelper.observability.segments import DAEMON_VARIABLE
from voicehelper.operations.release_workspace import keep_release_workspace
from voicehelper.sql.migrate import MigrationChangedError, migrate
from voicehelper.sql.retention import AUDIT_DAYS, keep_audit_entries

from infra.local import emulator, opensearch, parameters, postgres
from infra.local.call_traces import RATE_VARIABLE
from infra.local.conditions import Conditions
from infra.local.endpoint import FRONT_DOOR_TOKEN_VARIABLE, Endpoint, front_door_token
from infra.local.paths import APP_PYTHON, BUILD, RUNTIME_PYTHON, State, open_private
from infra.local.processes import StackError, claim_log, free_port, require_port, require_space, spawn, stop
from infra.local.sleeping import SleepingDatabase
from infra.local.speech import with_speech
from infra.local.trace_daemon import TraceDaemon

Report = Callable[[str], None]


class Restoring(Protocol):
    """What a backup gives to a stack that starts on an empty folder; called once each, in this order."""

    def load_database(self, dsn: str) -> None: ...
    def put_keys(self, endpoint: Endpoint) -> None: ...
    def put_content(self, endpoint: Endpoint) -> None: ...


def require_build() -> None:
    """Raise StackError unless packages are built and Lambda's Python is there: they hold modules compiled for it."""
    if not (RUNTIME_PYTHON.exists() and (BUILD / "template.yaml").exists()):
        raise StackError("Nothing is built yet. `make run BUILT=1` builds first.")
    version = subprocess.run([RUNTIME_PYTHON, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("Python 3.13."):
        raise StackError(f"The packages are for Python 3.13, here is {version.strip()}: name one with VH_PYTHON.")


class Stack:
    """``with Stack(folder) as stack:`` gives ``base_url``, ``endpoint`` and ``dsn``; the folder keeps the data.

    ``port`` 0 takes any free one. ``dsn`` is awake whatever functions meet; ``conditions`` are AWS's, see there.
    Raises StackError with one line that says what to do.
    """

    base_url: str
    endpoint: Endpoint
    dsn: str
    outputs: dict[str, Any]
    sleeping: SleepingDatabase | None = None  # what functions meet under the conditions of AWS

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        built: bool = False,
        enforce_policies: bool = False,
        durable: bool = False,
        models: Path | None = None,
        conditions: Conditions | None = None,
        with_opensearch: bool = False,
        cache_url: str = "",
        idle_workers: int = emulator.IDLE_WORKERS,
        smtp_url: str = "",
        speech: str = "",
        restoring: Restoring | None = None,
        trace_rate: float = 1.0,
        alerts: str = "",
        alarm_times: str = "",
        report: Report = lambda _: None,
    ) -> None:
        self.state = State(Path(folder).resolve())
        self._port, self._built, self._enforce, self._durable = port, built, enforce_policies, durable
        self._models, self._conditions, self._smtp_url, self._speech = models, conditions, smtp_url, speech
        self._alerts, self._alarm_times = alerts, alarm_times
        self._report, self._with_opensearch, self._restoring = report, with_opensearch, restoring
        self._cache_url, self._idle_workers, self._trace_rate = cache_url, idle_workers, trace_rate
        self._search_node: opensearch.Node | None = None
        self._traces: TraceDaemon | None = None
        self._children: list[tuple[subprocess.Popen[bytes], int]] = []
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Stack:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def endpoint_url(self) -> str:
        return self.endpoint.url

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """What the product cannot be without; it answers without OpenSearch."""
        return [process for process, _ in self._children]

    def _start(self) -> None:
        self._prepare()
        self._report("database")
        server = postgres.start(self.state, settings=() if self._durable else postgres.NOT_DURABLE)
        self._children.append((server.process, signal.SIGINT))
        self.dsn = server.dsn
        if self._restoring:
            self._restoring.load_database(self.dsn)
        self._migrate()
        self._let_the_database_sleep()
        self._start_opensearch()
        self._traces = TraceDaemon(self.state.traces).__enter__()
        self._report("AWS emulator")
        last_port = self._facts().get("emulator_port", 0)
        aws = emulator.start(
            self.state,
            preferred_port=last_port,
            front_door_port=self._port,
            enforce_policies=self._enforce,
            conditions=self._conditions,
            idle_workers=self._idle_workers,
            trace_daemon=self._traces.address,
        )
        self._children.append((aws.process, signal.SIGTERM))
        self.endpoint = aws.endpoint
        if self._restoring:
            self._restoring.put_keys(self.endpoint)
        self._report("deployment")
        self.deploy()
        if self._restoring:
            self._restoring.put_content(self.endpoint)
        self._open_front_door()
        self._write_facts()
        self.redeliver()

    def _prepare(self) -> None:
        if self.state.restoring.exists() and not self._restoring:
            raise StackError("A restore into this folder was cut short. Run it again, or `make reset`.")
        self.state.prepare()
        require_space(self.state.folder)
        self._lock = open_private(self.state.lock, "a")
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
                keep_audit_entries(connection, AUDIT_DAYS)
                keep_release_workspace(connection)
                self._functions_dsn = postgres.let_functions_sign_in(connection, self.state)
        except MigrationChangedError as error:
            raise StackError(
                f"This data was made by another version ({error}). `make reset` starts with empty data."
            ) from error

    def _let_the_database_sleep(self) -> None:
        if given := self._conditions:
            asleep = SleepingDatabase(
                self._functions_dsn, wakes_in_s=given.wakes_in_s, sleeps_after_s=given.sleeps_after_s
            )
            self.sleeping = asleep.open()

    def _start_opensearch(self) -> None:
        if not self._with_opensearch:
            return
        self._report("OpenSearch")
        self._search_node = opensearch.start(self.state.folder / "opensearch")

    @property
    def _parameters(self) -> dict[str, str]:
        given = self._conditions.parameters if self._conditions else {}
        own = parameters.of_pictures(self._models) | parameters.of_mail(self._smtp_url)
        own |= parameters.of_the_reader() | parameters.of_alarms(self._alarm_times)
        return {"TraceRate": str(self._trace_rate)} | given | self._server_parameters | own

    @property
    def _server_parameters(self) -> dict[str, str]:
        node = self._search_node
        search = {"SearchEngine": "opensearch", "OpenSearchUrl": node.url} if node else {}
        return search | ({"CacheUrl": self._cache_url} if self._cache_url else {})

    def deploy(self) -> None:
        """Create the stack, or update it in place after a change of the template."""
        request = {
            "dsn": self.sleeping.dsn if self.sleeping else self._functions_dsn,
            "owner_dsn": self.dsn,
            "in_network": self._conditions is not None,
            "parameters": self._parameters,
            "alerts": self._alerts,
            "public_base_url": self.base_url,
            "python": str(RUNTIME_PYTHON if self._built else APP_PYTHON),
            "built": self._built,
            "models": with_speech(parameters.read_models(self._models) if self._models else None, self._speech),
        }
        self.outputs = emulator.deploy(self.state, self.endpoint, request)

    def _open_front_door(self) -> None:
        command = [APP_PYTHON, "-m", "infra.local.front_door", str(self._port), self.outputs["api_url"]]
        given = {FRONT_DOOR_TOKEN_VARIABLE: front_door_token(self.endpoint.secret_access_key)}
        if self._traces is not None:
            given |= {DAEMON_VARIABLE: self._traces.address, RATE_VARIABLE: str(self._trace_rate)}
        process = spawn(command, log=claim_log(self.state.logs / "front_door.log"), env=os.environ | given)
        self._children.append((process, signal.SIGTERM))
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.05)
        raise StackError(f"The front door did not open on port {self._port}; see {self.state.logs / 'front_door.log'}.")

    def redeliver(self) -> int:
        """Take up what the last run left in work; see ``redelivery``. Returns the number of documents."""
        from infra.local.redelivery import redeliver

        return redeliver(self.endpoint, self.dsn, self.outputs)

    def _facts(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.state.facts.read_text("utf-8")))
        except (OSError, ValueError):
            return {}

    def _write_facts(self) -> None:
        facts = {
            "pid": os.getpid(),
            "base_url": self.base_url,
            "endpoint_url": self.endpoint.url,
            "access_key_id": self.endpoint.access_key_id,
            "secret_access_key": self.endpoint.secret_access_key,
            "emulator_port": int(self.endpoint.url.rpartition(":")[2]),
            "dsn": self.dsn,
        }
        draft = self.state.facts.with_suffix(".draft")  # replaced whole: a reader sees the old facts or the new ones
        with open_private(draft, "w") as file:
            file.write(json.dumps(facts, indent=1).encode())
        draft.replace(self.state.facts)

    def _stop(self) -> None:
        for process, with_signal in reversed(self._children):
            stop(process, with_signal=with_signal)
        self._children.clear()
        if self._search_node is not None:
            self._search_node.stop()
            self._search_node = None
        if self.sleeping is not None:
            self.sleeping.close()
            self.sleeping = None
        if self._traces is not None:
            self._traces.__exit__()
            self._traces = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
