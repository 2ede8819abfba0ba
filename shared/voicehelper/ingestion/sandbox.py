"""One parser run in a child process with a limit on memory and time: a bomb, a crash or a hang ends one document.

The child is a plain subprocess that is handed files: AWS Lambda has no /dev/shm, so multiprocessing's queues
and pools do not work there.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from voicehelper.errors import DocumentRejectedError

MEMORY_LIMIT_BYTES = 1_000_000_000
TIME_LIMIT_S = 50.0
_OUT_OF_MEMORY = (b"MemoryError", b"memory allocation", b"bad_alloc", b"out of memory", b"Cannot allocate")
_NO_MEMORY_LEFT = 3  # exit status, said without building an answer


def parse_in_child(
    source: Path,
    parsed: Path,
    *,
    filename: str,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    time_limit_s: float = TIME_LIMIT_S,
) -> dict[str, Any]:
    """Write ``parsed`` (JSON lines of ``documents.parsed_lines``) and return the coverage of the document's row.

    Raises DocumentRejectedError; a parser that dies says ``too_large_unpacked``, ``timed_out`` or ``corrupt``.
    """
    order = {"source": str(source), "parsed": str(parsed), "filename": filename, "memory": memory_limit_bytes}
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaint:
        status = _run(json.dumps({**order, "cpu": int(time_limit_s) + 1}), time_limit_s, answer, complaint)
        said = _tail(answer)
        if status == 0 and said:
            return _understood(said)
        raise DocumentRejectedError(_code_of(status, _tail(complaint)), f"parser ended with status {status}")


def _run(order: str, time_limit_s: float, answer: IO[bytes], complaint: IO[bytes]) -> int:
    command = [sys.executable, "-m", "voicehelper.ingestion.sandbox"]
    # Its own session, so that all it may have started dies with it; and nothing of our environment but the
    # way to the code: credentials have no business next to a stranger's file.
    child = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE,
        stdout=answer,
        stderr=complaint,
        env=_environment(),
        start_new_session=True,
    )
    try:
        child.communicate(order.encode(), timeout=time_limit_s)
    except subprocess.TimeoutExpired as error:
        raise DocumentRejectedError("timed_out", f"parser still busy after {time_limit_s} s") from error
    finally:
        _end(child)
    return child.returncode


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"}


def _tail(stream: IO[bytes]) -> bytes:
    stream.seek(0, os.SEEK_END)
    stream.seek(max(0, stream.tell() - 65_536))
    return stream.read()


def _understood(said: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(said)
    if "code" in answer:
        raise DocumentRejectedError(answer["code"], answer["reason"])
    return answer


def _code_of(status: int, complaint: bytes) -> str:
    if status == _NO_MEMORY_LEFT or any(mark in complaint for mark in _OUT_OF_MEMORY):
        return "too_large_unpacked"
    return "timed_out" if -status == signal.SIGXCPU else "corrupt"


# From here on: the child.


def main() -> None:
    order = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["cpu"], order["cpu"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse_outside)
    try:
        answer = _parse(Path(order["source"]), Path(order["parsed"]), order["filename"])
    except MemoryError:
        os._exit(_NO_MEMORY_LEFT)
    sys.stdout.write(json.dumps(answer))


def _refuse_outside(event: str, _arguments: tuple[Any, ...]) -> None:
    """Whatever a file asks for, its parser opens no connection and starts no program."""
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        raise PermissionError(event)


def _parse(source: Path, parsed: Path, filename: str) -> dict[str, Any]:
    from voicehelper.ingestion.documents import coverage, parsed_lines
    from voicehelper.ingestion.parse import parse_document

    try:
        document = parse_document(source.read_bytes(), filename)
    except DocumentRejectedError as error:
        return {"code": error.code, "reason": str(error)}
    except RecursionError:
        return {"code": "deep_nesting", "reason": "nested too deeply"}
    with parsed.open("wb") as stream:
        stream.writelines(parsed_lines(document))
    return coverage(document)


if __name__ == "__main__":
    main()
