"""Parses and chunks in a child process with limits on memory and time, so that a hostile file fails only its document.

Entry functions: ``parse_in_child``, ``chunk_in_child`` and ``draw_in_child``, called by the step of each. Children are
forked by a server process (``parser_server``) that has Python and the parsers loaded and none of our state: starting an
interpreter for each file takes longer than reading most of them. AWS Lambda has no /dev/shm, so multiprocessing's
queues and pools do not work there; pipes and files do.
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
from uuid import UUID

from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.ingestion.disk import StorageFullError

MEMORY_LIMIT_BYTES = 1_000_000_000
TIME_LIMIT_S = 50.0
# Of one picture: 4 s at most of a core of its own, three times as long upside down, and more on a core that others use.
RECOGNITION_MEMORY_BYTES = 2_500_000_000
RECOGNITION_LIMIT_S = 90.0
FILE_MEMORY_BYTES = 2_500_000_000  # the models take 750 MB, a picture of 100 megapixels several bytes for each
FILE_TIME_LIMIT_S = 90.0
EXIT_OUT_OF_MEMORY, EXIT_DISK_FULL = 3, 4  # such a child can still exit, but not write a response
_START_LIMIT_S = 20.0
_PR_SET_DUMPABLE = 4
_STDERR_TAIL_BYTES = 65_536
_OUT_OF_MEMORY = (b"MemoryError", b"memory allocation", b"bad_alloc", b"out of memory", b"Cannot allocate")
_INHERITED_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "LANG")


def parse_in_child(
    source: Path,
    parsed: Path,
    *,
    filename: str,
    layouts: Path | None = None,
    recognised: Path | None = None,
    most_pictures: int = 0,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    time_limit_s: float = TIME_LIMIT_S,
) -> dict[str, Any]:
    """Writes ``parsed`` (JSON lines of ``parsed_document.parsed_lines``) and returns the document's coverage.

    Into the folder ``layouts`` goes one file for each batch of ``layouts.batches``, named by its first page. The file
    ``recognised`` holds what was recognised of the file; "pending" of the result are the references of what was not,
    ``most_pictures`` at most.

    Raises RejectedError: with the parser's own reason, or ``too_large_unpacked``, ``timed_out`` or ``corrupt`` for a
    child that died. StorageFullError where the disk has no room.
    """
    task = {"task": "parse", "source_path": str(source), "target_path": str(parsed), "filename": filename,
            "layouts_path": str(layouts or ""), "recognised_path": str(recognised or ""),
            "most_pictures": most_pictures}  # fmt: skip
    return _run_in_child(task, memory_limit_bytes, time_limit_s)


def chunk_in_child(
    parsed: Path,
    chunks: Path,
    *,
    document_id: UUID,
    batch_chunks: int,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    time_limit_s: float = TIME_LIMIT_S,
) -> tuple[int, list[int]]:
    """Writes ``chunks`` (JSON lines) and returns their number, and the bytes of each batch of ``batch_chunks``.

    Raises what ``parse_in_child`` raises.
    """
    task = {"task": "chunk", "source_path": str(parsed), "target_path": str(chunks), "document_id": str(document_id),
            "batch_chunks": batch_chunks}  # fmt: skip
    response = _run_in_child(task, memory_limit_bytes, time_limit_s)
    return response["chunks"], response["batch_bytes"]


def draw_in_child(
    source: Path,
    picture: Path,
    *,
    filename: str,
    page: int,
    turn: int,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    time_limit_s: float = 20.0,
) -> None:
    """Writes ``picture``, a WebP of the page turned clockwise by ``turn`` degrees.

    Raises what ``parse_in_child`` raises; ``page_not_found`` and ``no_pages`` are among the reasons.
    """
    task = {"task": "draw", "source_path": str(source), "target_path": str(picture), "filename": filename,
            "page": page, "turn": turn}  # fmt: skip
    _run_in_child(task, memory_limit_bytes, time_limit_s)


def draw_reference_in_child(
    source: Path,
    picture: Path,
    *,
    filename: str,
    reference: str,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    time_limit_s: float = 20.0,
) -> None:
    """Writes ``picture``, a JPEG of what ``recognised.Pictures`` noted. Raises what ``parse_in_child`` raises."""
    task = {"task": "draw_reference", "source_path": str(source), "target_path": str(picture), "filename": filename,
            "reference": reference}  # fmt: skip
    _run_in_child(task, memory_limit_bytes, time_limit_s)


def recognise_in_child(
    source: Path,
    result: Path,
    *,
    filename: str,
    reference: str,
    memory_limit_bytes: int = RECOGNITION_MEMORY_BYTES,
    time_limit_s: float = RECOGNITION_LIMIT_S,
) -> None:
    """Writes ``result``, as ``recognised.results_to_json`` of the picture that ``reference`` names in the file.

    The server loads the models once, and its children share them. Raises what ``parse_in_child`` raises.
    """
    task = {"task": "recognise", "source_path": str(source), "target_path": str(result), "filename": filename,
            "reference": reference}  # fmt: skip
    _run_in_child(task, memory_limit_bytes, time_limit_s)


def recognise_file(
    source: Path,
    target: Path,
    request: dict[str, Any],
    *,
    memory_limit_bytes: int = FILE_MEMORY_BYTES,
    time_limit_s: float = FILE_TIME_LIMIT_S,
) -> dict[str, Any]:
    """What ``recognition.in_child.carry_out`` returns for ``request``; raises what ``parse_in_child`` raises."""
    paths = {"source_path": str(source), "target_path": str(target)}
    return _run_in_child({**request, **paths, "task": "recognise_file"}, memory_limit_bytes, time_limit_s)


def _run_in_child(task: dict[str, Any], memory_limit_bytes: int, time_limit_s: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        response_path, stderr_path = Path(folder, "response"), Path(folder, "stderr")
        request = {
            **task,
            "response_path": str(response_path),
            "stderr_path": str(stderr_path),
            "memory_limit_bytes": memory_limit_bytes,
            "cpu_limit_s": int(time_limit_s) + 1,
        }
        status = _server.run(request, time_limit_s)
        if status == 0 and response_path.exists():
            return _response(response_path.read_bytes())
        if status == EXIT_DISK_FULL:
            raise StorageFullError(f"the child could not write its {task['task']} result")
        raise RejectedError(rejection_reason(status, _tail(stderr_path)), f"parser ended with status {status}")


class ParserServer:
    """Client of the server process, which starts with the first request and ends with this process or ``close``."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self, request: dict[str, Any], time_limit_s: float) -> int:
        """The child's exit status, negative for the signal that ended it.

        Raises RejectedError timed_out, and UpstreamUnavailableError when the server died or did not start: that says
        nothing about the file, so the step is retried.
        """
        with self._lock, contextlib.ExitStack() as on_failure:
            on_failure.callback(self._close)  # its remaining output belongs to this request
            try:
                status = self._run(request, time_limit_s)
            except (OSError, ValueError) as error:
                raise UpstreamUnavailableError(f"parser server: {error}") from error
            on_failure.pop_all()
            return status

    def close(self) -> None:
        with self._lock:
            self._close()

    def _run(self, request: dict[str, Any], time_limit_s: float) -> int:
        process = self._running_process()
        _pipe(process.stdin).write(json.dumps(request).encode() + b"\n")
        child_pid = self._read_number(process, _START_LIMIT_S)
        try:
            return self._read_number(process, time_limit_s)
        except TimeoutError as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child_pid, signal.SIGKILL)
            raise RejectedError("timed_out", f"parser still running after {time_limit_s} s") from error

    def _running_process(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._close()
            hide_from_children()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "voicehelper.ingestion.parser_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=server_environment(),
                start_new_session=True,
                bufsize=0,
            )
        return self._process

    @staticmethod
    def _read_number(process: subprocess.Popen[bytes], timeout_s: float) -> int:
        stream = _pipe(process.stdout)
        if not select.select([stream], [], [], timeout_s)[0]:
            raise TimeoutError(f"the parser server sent nothing for {timeout_s} s")
        line = stream.readline()
        if not line:
            raise ConnectionError("the parser server has ended")
        return int(line)

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _pipe(process.stdin).close()  # makes the server end by itself
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            process.kill()
            process.wait()
            _pipe(process.stdout).close()


_server = ParserServer()
close = _server.close


def server_environment() -> dict[str, str]:
    """Only what finds the code: no credentials may be in the process that reads a hostile file."""
    inherited = {name: os.environ[name] for name in _INHERITED_VARIABLES if name in os.environ}
    return {**inherited, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"}


def hide_from_children() -> None:
    """Children run as this process's user, who could read its environment, credentials included, and its memory.

    Linux gives both to root alone once a process is not dumpable: https://man7.org/linux/man-pages/man5/proc.5.html
    """
    if sys.platform == "linux":
        import ctypes

        if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
            raise OSError("the process cannot hide from its children")


def rejection_reason(status: int, stderr: bytes) -> str:
    """The reason of RejectedError for a child that ended with ``status`` and no response."""
    if status == EXIT_OUT_OF_MEMORY or any(mark in stderr for mark in _OUT_OF_MEMORY):
        return "too_large_unpacked"
    return "timed_out" if -status == signal.SIGXCPU else "corrupt"


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _tail(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _STDERR_TAIL_BYTES))
        return stream.read()
    return b""


def _response(response_bytes: bytes) -> dict[str, Any]:
    response: dict[str, Any] = json.loads(response_bytes)
    if "reason" in response:
        raise RejectedError(response["reason"], response["explanation"])
    return response
