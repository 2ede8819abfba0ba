"""Starts the AWS emulator as a child process, with its own interpreter, a clean environment and persistent state.

Entry: ``start()`` and ``deploy()``, called by the stack.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voicehelper.observability.segments import DAEMON_VARIABLE

from infra.local.conditions import Conditions
from infra.local.endpoint import FRONT_DOOR_HOSTS, Endpoint, draw_secret
from infra.local.paths import EMULATOR_PYTHON, PRIVATE, ROOT, State, open_private
from infra.local.processes import StackError, claim_log, ends_with_parent, free_port, spawn, stop

# What people brought; every other file of the emulator's state follows from the deployment.
_KEPT: Final = {f"{service}.json" for service in ("s3", "secretsmanager", "ssm")}
_DEPLOYED: Final = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
IDLE_WORKERS: Final = 12  # the ones used last; a process per function, kept for ever, would need gigabytes


@dataclass(frozen=True, slots=True)
class Emulator:
    process: subprocess.Popen[bytes]
    endpoint: Endpoint


def start(
    state: State,
    *,
    preferred_port: int = 0,
    front_door_port: int = 0,
    enforce_policies: bool = False,
    conditions: Conditions | None = None,
    idle_workers: int = IDLE_WORKERS,
    trace_daemon: str = "",
) -> Emulator:
    """Start it with a new access key, and wait until it answers. It keeps so many processes of functions that are idle,
    and tells them where segments of traces are taken.

    Restarts prefer the same port, because queue URLs contain it. Pages of the front door may use presigned URLs.
    """
    if not EMULATOR_PYTHON.exists():
        raise StackError(
            f"The emulator's environment is missing at {EMULATOR_PYTHON.parent.parent}. Run `make install`."
        )
    log = claim_log(state.logs / "emulator.log")  # before the port: an earlier emulator may still hold it
    _forget_unfinished_deployment(state)
    port = free_port(preferred_port)
    endpoint = Endpoint(f"http://127.0.0.1:{port}", draw_secret())
    environment = {
        **_environment(state, port, enforce_policies=enforce_policies),
        **endpoint.environment,
        **(conditions.emulator_environment if conditions else {}),
        "IDLE_WORKERS": str(idle_workers),
        DAEMON_VARIABLE: trace_daemon,
        "FRONT_DOOR_ORIGINS": " ".join(f"http://{host}:{front_door_port}" for host in FRONT_DOOR_HOSTS),
    }
    command = [EMULATOR_PYTHON, "-m", "infra.local.emulator_main"]
    emulator = Emulator(spawn(command, log=log, env=environment), endpoint)
    try:
        _wait_until_ready(emulator, state)
    except StackError:
        stop(emulator.process)
        raise
    return emulator


def _environment(state: State, port: int, *, enforce_policies: bool) -> dict[str, str]:
    """Takes nothing from our own shell but PATH, because functions inherit the emulator's whole environment."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(state.aws),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_PORT": "0",
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(state.aws / "state"),
        "S3_DATA_DIR": str(state.aws / "s3"),
        "TMPDIR": str(state.aws / "tmp"),
        **({"AUTH": "true"} if enforce_policies else {}),
    }


def _forget_unfinished_deployment(state: State) -> None:
    """Killed in its first deployment, or while it wrote, the emulator has parts of a stack, and not the stack."""
    folder = state.aws / "state"
    if not _is_deployed(folder / "cloudformation.json"):
        for path in folder.glob("*.json"):
            if path.name not in _KEPT:
                path.unlink()


def _is_deployed(stacks: Path) -> bool:
    try:
        data = json.loads(stacks.read_bytes())["payload"]["stacks"]["data"]
        return any(stack["StackStatus"] in _DEPLOYED for stack in data.values())
    except (OSError, ValueError, LookupError):
        return False


def _wait_until_ready(emulator: Emulator, state: State) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and emulator.process.poll() is None:
        with contextlib.suppress(OSError):
            emulator.endpoint.get(f"{emulator.endpoint.url}/_ministack/ready", timeout_s=2)
            return
        time.sleep(0.05)
    raise StackError(f"The AWS emulator did not start; see {state.logs / 'emulator.log'}. `make reset` starts afresh.")


def deploy(state: State, endpoint: Endpoint, request: dict[str, Any]) -> dict[str, Any]:
    """Run the deployment in the emulator's environment, which holds SAM's transform; returns its outputs."""
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "PYTHONPATH": str(ROOT),
        "HOME": str(state.aws),
        **endpoint.environment,
    }
    done = subprocess.run(
        [str(EMULATOR_PYTHON), "-m", "infra.local.deploy"],
        input=json.dumps({"endpoint_url": endpoint.url, **request}),  # others can read a process's arguments
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
        umask=PRIVATE,
        preexec_fn=ends_with_parent(signal.SIGKILL),  # the launcher may be stopped meanwhile
    )
    with open_private(state.logs / "deploy.log", "w") as log:
        log.write(done.stderr.encode())
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StackError(f"The template was not deployed: {reason} (all of it in {state.logs / 'deploy.log'})")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))
