"""`python -m infra.local up|stop|reset|logs|doctor`: what `make run` and its companions call."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

from rich.console import Console

from infra.local import doctor, postgres, watch
from infra.local.paths import DEFAULT_STATE, State
from infra.local.processes import StackError
from infra.local.stack import Stack
from infra.local.welcome import welcome

# Never wrapped: the welcome holds commands to paste.
console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("command", choices=("up", "stop", "reset", "logs", "doctor"))
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE.folder)
    parser.add_argument("--built", action="store_true", help="run the output of `sam build`")
    parser.add_argument("--iam", action="store_true", help="enforce the functions' policies")
    options = parser.parse_args()
    state = State(options.state.resolve())
    try:
        commands = {"stop": stop_running, "reset": reset, "logs": follow_logs, "doctor": doctor.report}
        return up(options, state) if options.command == "up" else commands[options.command](state)
    except StackError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    except OSError as error:
        console.print(
            f"[red]{error.strerror or error}: {error.filename or state.folder}. `make doctor` says more.[/red]"
        )
        return 1


def up(options: argparse.Namespace, state: State) -> int:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    started = time.monotonic()
    with console.status("starting") as status:
        stack = Stack(
            state.folder,
            port=options.port,
            built=options.built,
            enforce_policies=options.iam,
            durable=True,
            report=lambda stage: status.update(f"starting: {stage}") if console.is_terminal else console.print(stage),
        )
        with_stack = stack.__enter__()
    try:
        console.print(f"ready in {time.monotonic() - started:.1f} s")
        console.print(welcome(with_stack.base_url))
        watch.until(ended, with_stack, say=console.print)
    finally:
        console.print("stopping")
        stack.__exit__()
    return 0


def stop_running(state: State) -> int:
    """End the launcher of this checkout and wait for it."""
    pid = _running_pid(state)
    if pid is None:
        console.print("It is not running.")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if _running_pid(state) is None:
            return 0
        time.sleep(0.1)
    raise StackError(f"Process {pid} did not end within 30 s; `kill -9 {pid}` ends it without losing data.")


def _running_pid(state: State) -> int | None:
    try:
        pid = int(json.loads(state.facts.read_text("utf-8"))["pid"])
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError):
        return None
    return pid if b"infra.local" in Path(f"/proc/{pid}/cmdline").read_bytes() else None


def reset(state: State) -> int:
    stop_running(state)
    for folder in postgres.data_folders(state):
        shutil.rmtree(folder)
    console.print("All local data is gone.")
    return 0


def follow_logs(state: State) -> int:
    files = [str(path) for path in sorted(state.logs.glob("*.log"))]
    if not files:
        raise StackError("No logs yet. Start with `make run`.")
    os.execvp("tail", ["tail", "-n", "50", "-F", *files])


if __name__ == "__main__":
    sys.exit(main())
