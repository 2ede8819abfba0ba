"""Command line of the local stack, called by the Makefile: `python -m infra.local up|stop|backup|restore|…`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from rich.console import Console
from rich.status import Status

from infra.local import doctor, logs, postgres, watch
from infra.local.alarms.watching import receiver
from infra.local.conditions import VARIABLE, Conditions
from infra.local.mail import mail_url
from infra.local.paths import DEFAULT_STATE, State
from infra.local.processes import StackError, is_free
from infra.local.stack import Stack
from infra.local.welcome import welcome

# Never wrapped: the welcome text has commands to paste.
console = Console(highlight=False, soft_wrap=True)


FIRST_PORT = 3000


def port(text: str) -> int:
    """A port as argparse reads it."""
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def share(text: str) -> float:
    """0 … 1, as argparse reads it."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share (0 to 1)")
    return value


def free_port_near(first: int) -> int:
    """The first free one of ten, so that two checkouts run side by side; ``first`` if none is, which then says so."""
    return next((number for number in range(first, first + 10) if is_free(number)), first)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("command", choices=("up", "stop", "reset", "logs", "doctor", "backup", "restore"))
    parser.add_argument("file", nargs="?", type=Path, help="of a backup: where to, or where from")
    parser.add_argument("--port", type=port, help=f"{FIRST_PORT} by default, or the next one that is free")
    parser.add_argument("--yes", action="store_true", help="reset without asking")
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE.folder)
    parser.add_argument("--built", action="store_true", help="run the output of `sam build`")
    parser.add_argument("--iam", action="store_true", help="enforce the functions' policies")
    parser.add_argument(
        "--aws-conditions",
        action=argparse.BooleanOptionalAction,
        default=Conditions.requested() is not None,
        help=f"the network, the sleeping database and the limits of AWS; {VARIABLE}=1 asks for them, too",
    )
    parser.add_argument("--opensearch", action="store_true", help="search by an OpenSearch node (Java 17, Maven)")
    parser.add_argument("--cache-url", default="", help="a Redis or Valkey in which functions share replies of models")
    parser.add_argument("--models", type=Path, help="a model catalogue (JSON) with its keys; none is the built-in ones")
    parser.add_argument(
        "--mail", default="", help="a server that takes mail without a sign-in, as smtp://host:1025?plain"
    )
    parser.add_argument("--trace-rate", type=share, default=1.0, help="share of calls that traces are kept of, 0 to 1")
    parser.add_argument("--alerts", default="", help="a webhook that alarms are told; none tells them to the log")
    parser.add_argument("--speech", default="", help="espeak-ng, or a server that hears and speaks (OpenAI's protocol)")
    options = parser.parse_args()
    state = State(options.state.resolve())
    try:
        if options.command == "reset":
            return reset(state, sure=options.yes)
        if options.command in ("backup", "restore"):
            return (back_up if options.command == "backup" else restore)(state, options.file)
        return up(options, state) if options.command == "up" else _COMMANDS[options.command](state)
    except StackError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    except psycopg.Error as error:
        console.print(
            f"[red]The database refused: {str(error).splitlines()[0]}; see {state.logs / 'postgres.log'}.[/red]"
        )
        return 1
    except OSError as error:
        console.print(
            f"[red]{error.strerror or error}: {error.filename or state.folder}. `make doctor` says more.[/red]"
        )
        return 1


def up(options: argparse.Namespace, state: State) -> int:
    """Start the stack and keep it until a signal comes or a part of it dies."""
    ended, started = threading.Event(), time.monotonic()
    _on_signal(_interrupt)
    with contextlib.ExitStack() as running:
        try:
            with console.status("starting") as status:
                stack = running.enter_context(_stack(options, state, status))
        except KeyboardInterrupt:
            return 130
        _on_signal(lambda *_: ended.set())
        running.callback(_print_quietly, "stopping")
        console.print(f"ready in {time.monotonic() - started:.1f} s")
        console.print(welcome(stack.base_url))
        watch.until(ended, stack, say=console.print)
    return 0


def _stack(options: argparse.Namespace, state: State, status: Status) -> Stack:
    return Stack(
        state.folder,
        port=options.port or free_port_near(FIRST_PORT),
        built=options.built,
        enforce_policies=options.iam,
        durable=True,
        models=options.models,
        speech=options.speech,
        trace_rate=options.trace_rate,
        alerts=receiver(options.alerts),
        with_opensearch=options.opensearch,
        cache_url=options.cache_url,
        smtp_url=mail_url(options.mail),
        conditions=Conditions() if options.aws_conditions else None,
        report=lambda stage: status.update(f"starting: {stage}") if console.is_terminal else console.print(stage),
    )


def _print_quietly(text: str) -> None:
    with contextlib.suppress(OSError):  # a closed terminal is one of the ways to end
        console.print(text)


def _on_signal(handler: Callable[..., None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def stop_running(state: State) -> int:
    """Stop the launcher of this checkout and wait until it has ended."""
    pid = _running_pid(state)
    if pid is None:
        console.print("It is not running.")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 45
    while time.monotonic() < deadline:
        if _running_pid(state) is None:
            return 0
        time.sleep(0.1)
    raise StackError(f"Process {pid} did not end within 45 s; `kill -9 {pid}` ends it without losing data.")


def _running_pid(state: State) -> int | None:
    try:
        pid = int(json.loads(state.facts.read_text("utf-8"))["pid"])
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError):
        return None
    command = Path(f"/proc/{pid}/cmdline")  # the process id may have been reused since
    return pid if not command.exists() or b"infra.local" in command.read_bytes() else None


def reset(state: State, *, sure: bool) -> int:
    """Asks first; without a terminal it needs to be told that the caller is sure."""
    folders = [folder for folder in postgres.data_folders(state) if folder.exists()]
    if folders and not sure and not _confirmed(state):
        return 1
    stop_running(state)
    for folder in folders:
        shutil.rmtree(folder)
    console.print("All local data is gone." if folders else "There is no local data.")
    return 0


def _confirmed(state: State) -> bool:
    console.print(f"This removes every account, document and conversation of the local stack, in {state.folder}.")
    if not sys.stdin.isatty():
        console.print("Nothing was removed. If you are sure: make reset YES=1")
        return False
    try:
        answer = console.input("Remove all of it? [y/N] ")
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer.strip().lower() in ("y", "yes"):
        return True
    console.print("Nothing was removed.")
    return False


def back_up(state: State, to: Path | None) -> int:
    from infra.local.backup.take import default_file, take

    made = take(state, (to or default_file()).absolute())
    console.print(f"{made} ({made.stat().st_size / 1e6:.1f} MB). It holds keys: keep it where secrets are kept.")
    return 0


def restore(state: State, file: Path | None) -> int:
    from infra.local.backup.restore import restore

    if file is None:
        raise StackError("From which file? make restore FROM=…")
    with console.status("restoring"):
        found = restore(file, state)
    left_out = f" {found.left_out} objects of other documents were left out." if found.left_out else ""
    console.print(f"{found.documents} documents, as of {found.made_at}.{left_out} `make run` starts it.")
    return 0


def follow_logs(state: State) -> int:
    return logs.follow(state, console)


_COMMANDS: dict[str, Callable[[State], int]] = {
    "stop": stop_running,
    "logs": follow_logs,
    "doctor": doctor.report,
}


if __name__ == "__main__":
    sys.exit(main())
