"""The far end of the sandbox: waits with the parsers loaded, and forks a child with limits for each file.

In: one JSON order a line. Out: the child's process id, then its exit status, a line each. Ends with its input.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import load_parser, parse_document
from voicehelper.ingestion.parsed_document import coverage, parsed_lines
from voicehelper.ingestion.sandbox import NO_MEMORY_LEFT

_COLLECTED_AFTER = 50_000  # new objects: a page has thousands, hardly one of them in a circle


def main() -> None:
    for line in sys.stdin.buffer:
        order = json.loads(line)
        load_parser(order["filename"])  # here, so that the next file of its type finds it loaded
        gc.freeze()  # what is loaded stays shared with the child
        child = os.fork()
        if child == 0:
            _be_child(order)
        with contextlib.suppress(OSError):
            os.setpgid(child, child)  # here as well: it may be killed before it has come to that
        _say(child)
        _say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _say(number: int) -> None:
    os.write(1, b"%d\n" % number)


def _be_child(order: dict[str, Any]) -> NoReturn:
    """Its own process group, so that all it may have started dies with it."""
    status = 1
    gc.set_threshold(_COLLECTED_AFTER)
    try:
        os.setpgid(0, 0)
        _redirect(order["complaint"])
        _limit(memory=order["memory"], cpu=order["cpu"])
        answer = _parse(Path(order["source"]), Path(order["parsed"]), order["filename"])
        Path(order["answer"]).write_text(json.dumps(answer), "utf-8")
        status = 0
    except MemoryError:
        status = NO_MEMORY_LEFT
    except BaseException:  # noqa: BLE001 - whatever it was, it is told and ends here
        traceback.print_exc()
    finally:
        os._exit(status)  # nothing of the server's may run on in its copy


def _redirect(complaint: str) -> None:
    """What libraries print goes where it is looked for, and never among the server's numbers."""
    file = os.open(complaint, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)


def _limit(*, memory: int, cpu: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse_outside)


_OUTSIDE = frozenset(
    ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")
)


def _refuse_outside(event: str, _arguments: tuple[Any, ...]) -> None:
    """Whatever a file asks for, its parser opens no connection and starts no program."""
    if event in _OUTSIDE:
        raise PermissionError(event)


def _parse(source: Path, parsed: Path, filename: str) -> dict[str, Any]:
    try:
        document = parse_document(source.read_bytes(), filename)
    except RejectedError as error:
        return {"reason": error.reason, "explanation": str(error)}
    except RecursionError:
        return {"reason": "deep_nesting", "explanation": "nested too deeply"}
    with parsed.open("wb") as stream:
        stream.writelines(parsed_lines(document))
    return coverage(document)


if __name__ == "__main__":
    main()
