"""One parser run in a child process with a limit on memory and time: a bomb, a crash or a hang ends one document.

The children come from a server process (``parser_server``) that has Python and the parsers loaded and nothing of
ours: starting an interpreter for each file takes longer than reading most of them. AWS Lambda has no /dev/shm, so
multiprocessing's queues and pools do not work there; a pair of pipes and files do.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from voicehelper.errors import RejectedError, UpstreamUnavailableError

MEMORY_LIMIT_BYTES = 1_000_000_000
TIME_LIMIT_S = 50.0
NO_MEMORY_LEFT = 3  # exit status, said without building an answer
_START_LIMIT_S = 20.0
_OUT_OF_MEMORY = (b"MemoryError", b"memory allocation", b"bad_alloc", b"out of memory", b"Cannot allocate")


def parse_in_child(
    source: Path,
    parsed: Path,
    *,
    filename: str,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    time_limit_s: float = TIME_LIMIT_S,
) -> dict[str, Any]:
    """Write ``parsed`` (JSON lines of ``documents.parsed_lines``) and return the coverage of the document's row.

    Raises RejectedError; a parser that dies says ``too_large_unpacked``, ``timed_out`` or ``corrupt``.
    """
    order = {"source": str(source), "parsed": str(parsed), "filename": filename, "memory": memory_limit_bytes}
    with tempfile.TemporaryDirectory() as folder:
        answer, complaint = Path(folder, "answer"), Path(folder, "complaint")
        order |= {"answer": str(answer), "complaint": str(complaint), "cpu": int(time_limit_s) + 1}
        status = _server.run(order, time_limit_s)
        if status == 0 and answer.exists():
            return _understood(answer.read_bytes())
        raise RejectedError(_code_of(status, _tail(complaint)), f"parser ended with status {status}")


class ParserServer:
    """The server's near end. It is started when first needed, and ends when this process does or closes it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def run(self, order: dict[str, Any], time_limit_s: float) -> int:
        """The child's exit status, below zero for the signal that ended it.

        Raises RejectedError timed_out, and UpstreamUnavailableError for a server that died or never came up:
        that says nothing about the file, so the step is tried again.
        """
        with self._turn, contextlib.ExitStack() as on_failure:
            on_failure.callback(self._close)  # whatever it still says belongs to this order
            try:
                status = self._run(order, time_limit_s)
            except (OSError, ValueError) as error:
                raise UpstreamUnavailableError(f"parser server: {error}") from error
            on_failure.pop_all()
            return status

    def close(self) -> None:
        with self._turn:
            self._close()

    def _run(self, order: dict[str, Any], time_limit_s: float) -> int:
        process = self._started()
        _stream(process.stdin).write(json.dumps(order).encode() + b"\n")
        child = self._said(process, _START_LIMIT_S)
        try:
            return self._said(process, time_limit_s)
        except TimeoutError as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            raise RejectedError("timed_out", f"parser still busy after {time_limit_s} s") from error

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._close()
            # A session of its own; and nothing of our environment but the way to the code: credentials have no
            # business next to a stranger's file.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "voicehelper.ingestion.parser_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,
                bufsize=0,
            )
        return self._process

    @staticmethod
    def _said(process: subprocess.Popen[bytes], within_s: float) -> int:
        stream = _stream(process.stdout)
        if not select.select([stream], [], [], within_s)[0]:
            raise TimeoutError(f"the parser server said nothing for {within_s} s")
        line = stream.readline()
        if not line:
            raise ConnectionError("the parser server has ended")
        return int(line)

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _stream(process.stdin).close()  # the server's sign to end
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            process.kill()
            process.wait()
            _stream(process.stdout).close()


_server = ParserServer()
close = _server.close


def _stream(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"}


def _tail(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 65_536))
        return stream.read()
    return b""


def _understood(said: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(said)
    if "reason" in answer:
        raise RejectedError(answer["reason"], answer["explanation"])
    return answer


def _code_of(status: int, complaint: bytes) -> str:
    if status == NO_MEMORY_LEFT or any(mark in complaint for mark in _OUT_OF_MEMORY):
        return "too_large_unpacked"
    return "timed_out" if -status == signal.SIGXCPU else "corrupt"
