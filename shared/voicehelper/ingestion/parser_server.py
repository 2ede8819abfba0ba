"""The server process of the sandbox: keeps parsers and chunking loaded, and forks a child with limits for each task.

Run as a module by ``sandbox.ParserServer``. Reads one JSON request per line from standard input, and writes the child's
process id, then its exit status, one number per line. Ends when its input ends.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from voicehelper.errors import RejectedError
from voicehelper.index.chunk import chunks_to_json
from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.disk import is_disk_full
from voicehelper.ingestion.layouts import batches
from voicehelper.ingestion.parse import load_parser, parse_document
from voicehelper.ingestion.parsed_document import coverage, parsed_from_json, parsed_lines
from voicehelper.ingestion.recognised import (
    Pictures,
    Recognition,
    is_degraded,
    results_from_json,
    results_to_json,
)
from voicehelper.ingestion.restrictions import restrict_process
from voicehelper.ingestion.sandbox import EXIT_DISK_FULL, EXIT_OUT_OF_MEMORY

_JPEG_QUALITY = 90
_GC_THRESHOLD = 50_000  # new objects: a page has thousands, and hardly any of them form cycles


def main() -> None:
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["task"] == "parse":
            load_parser(request["filename"])  # before the fork, so that it is loaded for the next file too
        elif request["task"] in ("recognise", "recognise_file"):
            _prepare_recognition()
        gc.freeze()  # collecting would copy the pages that the child shares
        child_pid = os.fork()
        if child_pid == 0:
            _run_child(request)
        with contextlib.suppress(OSError):
            os.setpgid(child_pid, child_pid)  # the child does the same; whoever comes first
        _write_number(child_pid)
        _write_number(os.waitstatus_to_exitcode(os.waitpid(child_pid, 0)[1]))


def _write_number(number: int) -> None:
    os.write(1, b"%d\n" % number)


def _run_child(request: dict[str, Any]) -> NoReturn:
    """Runs in a process group of its own, so that killing the group ends whatever the parser started."""
    status = 1
    gc.set_threshold(_GC_THRESHOLD)
    try:
        os.setpgid(0, 0)
        _redirect_output(request["stderr_path"])
        restrict_process(memory_limit_bytes=request["memory_limit_bytes"], cpu_limit_s=request["cpu_limit_s"])
        response = _TASKS[request["task"]](Path(request["source_path"]), Path(request["target_path"]), request)
        Path(request["response_path"]).write_text(json.dumps(response), "utf-8")
        status = 0
    except MemoryError:
        status = EXIT_OUT_OF_MEMORY
    except OSError as error:
        status = EXIT_DISK_FULL if is_disk_full(error) else 1
        traceback.print_exc()
    except BaseException:  # noqa: BLE001 - any error is reported and ends the child
        traceback.print_exc()
    finally:
        os._exit(status)  # no cleanup of the server may run in its copy


def _redirect_output(stderr_path: str) -> None:
    """Libraries that print must not write between the numbers of the server's protocol."""
    file = os.open(stderr_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)


def _parse(source: Path, parsed: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The response: the document's coverage, or the reason of its rejection."""
    known = request.get("recognised_path")
    results = results_from_json(Path(known).read_bytes()) if known else {}
    pictures = Pictures(results, most=request.get("most_pictures", 0))
    try:
        document = parse_document(source.read_bytes(), request["filename"], pictures)
        if is_degraded(results):
            document = replace(document, warnings=(*document.warnings, "recogniser_away"))
    except RejectedError as error:
        return {"reason": error.reason, "explanation": str(error)}
    except RecursionError:
        return {"reason": "deep_nesting", "explanation": "nested too deeply"}
    with parsed.open("wb") as stream:
        stream.writelines(parsed_lines(document))
    if folder := request.get("layouts_path"):
        for first, batch in batches(document.layouts):
            Path(folder, str(first)).write_bytes(batch)
    return {**coverage(document), "pending": pictures.pending}


def _chunk(parsed: Path, target: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The response: the number of chunks, and the size of each batch in the file."""
    document = parsed_from_json(parsed.read_bytes())
    chunks = chunk_document(document, UUID(request["document_id"]))
    starts = range(0, len(chunks), request["batch_chunks"])
    with target.open("wb") as stream:
        sizes = [stream.write(chunks_to_json(chunks[start : start + request["batch_chunks"]])) for start in starts]
    return {"chunks": len(chunks), "batch_bytes": sizes}


def _draw(source: Path, target: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The response: empty, or the reason why there is no picture."""
    from voicehelper.ingestion.page_pictures import SHOWN_DPI, SHOWN_PIXELS, as_webp, draw_page

    try:
        picture = draw_page(
            source.read_bytes(),
            request["filename"],
            request["page"],
            turn=request["turn"],
            dpi=SHOWN_DPI,
            most_pixels=SHOWN_PIXELS,
        )
    except RejectedError as error:
        return {"reason": error.reason, "explanation": str(error)}
    target.write_bytes(as_webp(picture))
    return {}


def _draw_reference(source: Path, target: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The response: empty, or the reason why there is no picture."""
    from voicehelper.ingestion.page_pictures import draw_reference

    try:
        picture = draw_reference(source.read_bytes(), request["filename"], request["reference"])
    except RejectedError as error:
        return {"reason": error.reason, "explanation": str(error)}
    picture.save(target, "JPEG", quality=_JPEG_QUALITY)
    return {}


def _recognise(source: Path, target: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The response: empty, or the reason why the picture cannot be read."""
    from voicehelper.ingestion.page_pictures import as_png, draw_reference
    from voicehelper.recognition.in_child import recognizer

    reference = request["reference"]
    try:
        picture = draw_reference(source.read_bytes(), request["filename"], reference)
        page = recognizer().recognise(as_png(picture), language="zh-CN", tables=True)
    except RejectedError as error:
        return {"reason": error.reason, "explanation": str(error)}
    target.write_bytes(results_to_json({reference: Recognition(page)}))
    return {}


def _prepare_recognition() -> None:
    """A server that recognises needs its layer; without it the child says what is missing."""
    from voicehelper.recognition import in_child, models

    if models.is_installed():
        in_child.prepare()


def _recognise_file(source: Path, target: Path, request: dict[str, Any]) -> dict[str, Any]:
    from voicehelper.recognition.in_child import carry_out

    return carry_out(source, target, request)


_TASKS = {
    "parse": _parse,
    "chunk": _chunk,
    "draw": _draw,
    "draw_reference": _draw_reference,
    "recognise": _recognise,
    "recognise_file": _recognise_file,
}


if __name__ == "__main__":
    main()
