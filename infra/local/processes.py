"""Child processes that end with their launcher, however it ends.

Entry: ``claim_log()`` and ``spawn()`` to start one, ``stop()`` to end it.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from infra.local.paths import PRIVATE, ROOT, open_private

_PR_SET_PDEATHSIG = 1


class StackError(Exception):
    """One line that says what is wrong and what to do."""


def claim_log(path: Path, *, patience_s: float = 20) -> IO[bytes]:
    """Open a child's log, which is also its lock: once the child runs, only the child holds it.

    A killed launcher leaves children that are still shutting down, and two servers on the same data would destroy
    it. So the next launcher waits here for the old child, and kills it after ``patience_s``.
    """
    stream = open_private(path, "a")
    if not _lock_within(stream, patience_s):
        with contextlib.suppress(OSError, ValueError):
            os.killpg(int(_pid_file(path).read_text("ascii")), signal.SIGKILL)
        if not _lock_within(stream, patience_s):
            raise StackError(f"A process of the last run still writes {path}. End it, then retry.")
    return stream


def _lock_within(stream: IO[bytes], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.05)
    return False


def _pid_file(log: Path) -> Path:
    return log.with_suffix(".pid")


def spawn(
    command: Sequence[object],
    *,
    log: IO[bytes],
    env: Mapping[str, str] | None = None,
    death_signal: int = signal.SIGTERM,
    cwd: Path = ROOT,
    identity: Mapping[str, Any] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that takes over a claimed log. On Linux the kernel signals it when the launcher dies.

    It has a session of its own, so the terminal's Ctrl-C does not reach it: the launcher stops its children in order.
    """
    with log:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cwd,
            env=None if env is None else dict(env),
            umask=PRIVATE,
            start_new_session=True,
            preexec_fn=ends_with_parent(death_signal),
            **dict[str, Any](identity or {}),
        )
        with open_private(_pid_file(Path(log.name)), "w") as file:
            file.write(str(process.pid).encode())
        return process


def ends_with_parent(death_signal: int) -> Callable[[], None] | None:
    """A ``preexec_fn`` that asks the kernel to signal the child when its parent ends; only Linux can do that."""
    if not sys.platform.startswith("linux"):
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # the parent died before the request
            os.kill(os.getpid(), death_signal)

    return prepare


def stop(process: subprocess.Popen[bytes], *, with_signal: int = signal.SIGTERM, patience_s: float = 25) -> None:
    """Send the signal, wait, then kill; ends the whole session, grandchildren included.

    The emulator writes its whole state at its end, which takes a busy machine long: killed meanwhile, parts would be of
    different moments.
    """
    if process.poll() is None:
        process.send_signal(with_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_s)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port(preferred: int = 0) -> int:
    """The preferred port if it is free, otherwise any free one."""
    for port in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise StackError("No free TCP port on 127.0.0.1.")


def require_port(port: int, *, choice: str = "make run PORT=3001") -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(f"Port {port} is in use. Stop what uses it, or choose another: {choice}") from error


def is_free(port: int) -> bool:
    try:
        require_port(port)
    except StackError:
        return False
    return True


def require_space(folder: Path, *, megabytes: int = 300) -> None:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise StackError(
            f"Only {free} MB are free below {folder}; {megabytes} MB are needed. Free some space and retry."
        )
