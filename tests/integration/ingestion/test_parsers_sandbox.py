"""The child process: what it hands back, and how it ends when a file is too much for it."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.ingestion import sandbox
from voicehelper.ingestion.parsed_document import parsed_from_json


def written(folder: Path, content: bytes) -> Path:
    source = folder / "source"
    source.write_bytes(content)
    return source


def test_the_child_leaves_the_document_and_says_what_it_covers(tmp_path: Path) -> None:
    parsed = tmp_path / "parsed.jsonl"
    said = sandbox.parse_in_child(written(tmp_path, "保修期为 24 个月。".encode()), parsed, filename="保修.txt")
    document = parsed_from_json(parsed.read_bytes())
    assert said == {"pages_total": 1, "pages_with_text": 1, "characters": len(document.blocks[0].text), "warnings": []}
    assert document.title == "保修"


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"time_limit_s": 0.01}, "timed_out"), ({"memory_limit_bytes": 90_000_000}, "too_large_unpacked")],
)
def test_a_file_beyond_a_limit_ends_with_its_code(tmp_path: Path, limits: dict[str, float], code: str) -> None:
    source = written(tmp_path, b"The interval is 30 days. " * 4_000_000)
    with pytest.raises(RejectedError) as caught:
        sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt", **limits)  # type: ignore[arg-type]
    assert caught.value.reason == code
    assert not [busy for server in servers() for busy in server.children()]


def test_the_next_file_finds_the_same_server_whatever_became_of_the_last(tmp_path: Path) -> None:
    source = written(tmp_path, b"The interval is 30 days. " * 400_000)
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


def test_a_server_that_was_killed_is_started_again(tmp_path: Path) -> None:
    source = written(tmp_path, b"The interval is 30 days.")
    sandbox.parse_in_child(source, tmp_path / "parsed", filename="short.txt")
    (server,) = servers()
    server.kill()
    server.wait(5)

    assert sandbox.parse_in_child(source, tmp_path / "parsed", filename="short.txt")["pages_total"] == 1


def test_a_server_that_dies_under_a_file_says_nothing_about_the_file(tmp_path: Path) -> None:
    source = written(tmp_path, b"The interval is 30 days. " * 400_000)
    sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")
    (server,) = servers()
    killer = threading.Thread(target=kill_with_its_child, args=(server,))
    killer.start()
    with pytest.raises(UpstreamUnavailableError):
        sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")
    killer.join()

    assert sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")["pages_total"] == 1


def test_a_server_ends_with_its_parent(tmp_path: Path) -> None:
    source = written(tmp_path, b"The interval is 30 days.")
    work = f"parse_in_child(Path({str(source)!r}), Path({str(tmp_path / 'parsed')!r}), filename='a.txt')"
    code = (
        "import os, psutil; from pathlib import Path; from voicehelper.ingestion.sandbox import parse_in_child; "
        f"{work}; print(psutil.Process().children()[0].pid, flush=True); os.kill(os.getpid(), 9)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).stdout
    left = [psutil.Process(int(said))] if psutil.pid_exists(int(said)) else []

    assert psutil.wait_procs(left, timeout=5)[1] == []


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


def test_a_parser_that_dies_is_told_from_one_that_runs_out_of_time_or_memory() -> None:
    assert sandbox._code_of(-signal.SIGSEGV, b"") == "corrupt"
    assert sandbox._code_of(-signal.SIGXCPU, b"") == "timed_out"
    assert sandbox._code_of(-signal.SIGABRT, b"memory allocation of 9 bytes failed") == "too_large_unpacked"


def test_the_child_sees_no_credentials_and_reaches_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert "AWS_SECRET_ACCESS_KEY" not in sandbox._environment()
    tried = "import sys,socket; from voicehelper.ingestion import parser_server as server; "
    hooked = "sys.addaudithook(server._refuse_outside); socket.create_connection(('127.0.0.1', 9))"
    ended = subprocess.run(
        [sys.executable, "-c", tried + hooked],
        env=sandbox._environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert b"PermissionError" in ended.stderr


def test_the_parent_stays_small_for_a_large_file(tmp_path: Path) -> None:
    source = written(tmp_path, b"The inspection interval is 30 days. " * 1_400_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = sandbox.parse_in_child(source, tmp_path / "parsed", filename="long.txt")
    assert said["warnings"] == ["large_text"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kB
