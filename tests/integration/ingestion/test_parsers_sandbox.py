"""The child process: what it returns, and how it ends when a file exceeds its limits."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.index.chunk import chunks_from_json
from voicehelper.ingestion import sandbox
from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.disk import StorageFullError
from voicehelper.ingestion.parsed_document import Block, ParsedDocument, parsed_from_json, parsed_lines


def write_source(folder: Path, content: bytes) -> Path:
    source = folder / "source"
    source.write_bytes(content)
    return source


def test_the_child_writes_the_document_and_returns_its_coverage(tmp_path: Path) -> None:
    parsed = tmp_path / "parsed.jsonl"
    source = write_source(tmp_path, "保修期为 24 个月。".encode())
    coverage = sandbox.parse_in_child(source, parsed, filename="保修.txt")
    document = parsed_from_json(parsed.read_bytes())

    characters = len(document.blocks[0].text)
    counts = {"pages_total": 1, "pages_with_text": 1, "characters": characters, "pages_recognised": []}
    assert coverage == {**counts, "warnings": [], "pending": []}
    assert document.title == "保修"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"time_limit_s": 0.01}, "timed_out"), ({"memory_limit_bytes": 90_000_000}, "too_large_unpacked")],
)
def test_a_file_beyond_a_limit_is_rejected_with_its_reason(
    tmp_path: Path, limits: dict[str, float], reason: str
) -> None:
    source = write_source(tmp_path, b"The interval is 30 days. " * 4_000_000)
    with pytest.raises(RejectedError) as caught:
        sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt", **limits)  # type: ignore[arg-type]

    assert caught.value.reason == reason
    assert not [child for server in servers() for child in server.children()]


def test_a_killed_child_does_not_end_its_server(tmp_path: Path) -> None:
    source = write_source(tmp_path, b"The interval is 30 days. " * 400_000)
    assert sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")["pages_total"] == 1
    (server,) = servers()
    killer = threading.Thread(target=kill_first_child, args=(server,))
    killer.start()
    with pytest.raises(RejectedError) as caught:
        sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")
    killer.join()

    assert caught.value.reason == "corrupt"
    assert sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")["pages_total"] == 1
    assert servers() == [server]


def test_a_killed_server_is_started_again(tmp_path: Path) -> None:
    source = write_source(tmp_path, b"The interval is 30 days.")
    sandbox.parse_in_child(source, tmp_path / "parsed", filename="short.txt")
    (server,) = servers()
    server.kill()
    server.wait(5)

    assert sandbox.parse_in_child(source, tmp_path / "parsed", filename="short.txt")["pages_total"] == 1


def test_a_server_killed_while_parsing_does_not_reject_the_file(tmp_path: Path) -> None:
    source = write_source(tmp_path, b"The interval is 30 days. " * 400_000)
    sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")
    (server,) = servers()
    killer = threading.Thread(target=kill_with_its_child, args=(server,))
    killer.start()
    with pytest.raises(UpstreamUnavailableError):
        sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")
    killer.join()

    assert sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")["pages_total"] == 1


def test_a_server_ends_with_its_parent(tmp_path: Path) -> None:
    source = write_source(tmp_path, b"The interval is 30 days.")
    call = f"parse_in_child(Path({str(source)!r}), Path({str(tmp_path / 'parsed')!r}), filename='a.txt')"
    code = (
        "import os, psutil; from pathlib import Path; from voicehelper.ingestion.sandbox import parse_in_child; "
        f"{call}; print(psutil.Process().children()[0].pid, flush=True); os.kill(os.getpid(), 9)"
    )
    server_pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).stdout)
    remaining = [psutil.Process(server_pid)] if psutil.pid_exists(server_pid) else []

    assert psutil.wait_procs(remaining, timeout=5)[1] == []


def write_parsed(folder: Path, *blocks: Block) -> Path:
    document = ParsedDocument("Manual", blocks, 1, 1, sum(len(block.text) for block in blocks))
    parsed = folder / "parsed.jsonl"
    parsed.write_bytes(b"".join(parsed_lines(document)))
    return parsed


def test_the_child_chunks_as_the_function_does_and_returns_the_bytes_of_each_batch(tmp_path: Path) -> None:
    parsed = write_parsed(tmp_path, *(Block(f"Section {n}. " * 90, heading_path=(f"{n}",)) for n in range(20)))
    count, sizes = sandbox.chunk_in_child(parsed, tmp_path / "chunks", document_id=UUID(int=3), batch_chunks=16)
    written = (tmp_path / "chunks").read_bytes()

    assert chunks_from_json(written) == chunk_document(parsed_from_json(parsed.read_bytes()), UUID(int=3))
    assert sum(sizes) == len(written)
    assert len(chunks_from_json(written[: sizes[0]])) == 16
    assert count == 16 * (len(sizes) - 1) + len(chunks_from_json(written[-sizes[-1] :]))


def test_chunking_ends_at_its_limit_of_time(tmp_path: Path) -> None:
    parsed = write_parsed(tmp_path, *(Block("The interval is 30 days. " * 4000) for _ in range(40)))
    with pytest.raises(RejectedError) as caught:
        sandbox.chunk_in_child(parsed, tmp_path / "chunks", document_id=UUID(int=3), batch_chunks=16, time_limit_s=0.01)

    assert caught.value.reason == "timed_out"


def test_a_full_disk_is_not_the_file_s_fault(tmp_path: Path) -> None:
    source = write_source(tmp_path, b"The interval is 30 days.")
    with pytest.raises(StorageFullError, match="storage_full"):
        sandbox.parse_in_child(source, Path("/dev/full"), filename="a.txt")


def servers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "voicehelper.ingestion.parser_server" in child.cmdline()]


def kill_first_child(server: psutil.Process) -> None:
    first_child(server).kill()


def kill_with_its_child(server: psutil.Process) -> None:
    child = first_child(server)
    server.kill()
    child.kill()


def first_child(server: psutil.Process) -> psutil.Process:
    while not (children := server.children()):
        pass
    return children[0]


@pytest.mark.parametrize(
    ("status", "stderr", "reason"),
    [
        (-signal.SIGSEGV, b"", "corrupt"),
        (-signal.SIGXCPU, b"", "timed_out"),
        (-signal.SIGABRT, b"memory allocation of 9 bytes failed", "too_large_unpacked"),
    ],
)
def test_crashes_time_limits_and_lack_of_memory_have_different_reasons(status: int, stderr: bytes, reason: str) -> None:
    assert sandbox.rejection_reason(status, stderr) == reason


def test_the_server_inherits_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    assert "AWS_SECRET_ACCESS_KEY" not in sandbox.server_environment()


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc elsewhere")
def test_a_child_reads_neither_environment_nor_memory_of_the_function(tmp_path: Path) -> None:
    """In a process of its own, whose child opens what a hostile parser would, and not as root."""
    source = write_source(tmp_path, b"The interval is 30 days.")
    code = f"""
import os, sys
from pathlib import Path
from voicehelper.ingestion.sandbox import parse_in_child
def opened_by_a_child():
    parent = os.getpid()
    if (child := os.fork()) == 0:
        if os.geteuid() == 0:
            os.setgid(65534); os.setuid(65534)
        opened = 0
        for name in ("environ", "mem"):
            try:
                open(f"/proc/{{parent}}/{{name}}", "rb").close()
                opened += 1
            except OSError:
                pass
        os._exit(opened)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
parse_in_child(Path({str(source)!r}), Path({str(tmp_path / "parsed")!r}), filename="a.txt")
print(opened_by_a_child())
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout

    assert said.strip() == "0"


def test_a_restricted_process_opens_no_connection() -> None:
    code = (
        "import socket; from voicehelper.ingestion.parser_server import restrict_process; "
        "restrict_process(memory_limit_bytes=1_000_000_000, cpu_limit_s=20); "
        "socket.create_connection(('127.0.0.1', 9))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=sandbox.server_environment(), capture_output=True, check=False
    )

    assert b"PermissionError" in ended.stderr


def test_the_parent_stays_small_for_a_large_file(tmp_path: Path) -> None:
    source = write_source(tmp_path, b"The inspection interval is 30 days. " * 1_400_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    coverage = sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")

    assert coverage["warnings"] == ["large_text"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kB
