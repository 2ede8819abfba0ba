"""What `make run` starts: how it ends, what it leaves behind, what it says when it cannot start."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import psutil
import pytest

from infra.local.paths import EMULATOR_PYTHON, ROOT, State
from infra.local.postgres import data_folders
from tests.support.client import PASSWORD, Client
from tests.support.mail_server import MailServer
from tests.support.polling import until
from tests.support.postgres import free_port

pytestmark = pytest.mark.timeout(400)  # two starts of the stack, on a machine that may be busy


class Launcher:
    def __init__(self, folder: Path, *, port: int = 0) -> None:
        self.folder, self.port = folder, port or free_port()
        self.said = folder.with_suffix(".txt")
        self.more: list[str] = []  # options
        self._tree: list[psutil.Process] = []

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    def begin(self, *, terminal: int | None = None) -> subprocess.Popen[bytes]:
        place = ["--port", str(self.port), "--state", str(self.folder)]
        command = [sys.executable, "-m", "infra.local", "up", *place, *self.more]
        with self.said.open("wb") as log:
            stream = log.fileno() if terminal is None else terminal
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
            )
        return self.process

    def start(self, *, terminal: int | None = None) -> None:
        self.begin(terminal=terminal)
        until(self.is_healthy, within_s=90)
        self._tree = psutil.Process(self.process.pid).children(recursive=True)

    def is_healthy(self) -> bool:
        """Whether this process's stack answers: one that is ending may still do so at the same address."""
        assert self.process.poll() is None, self.said.read_text("utf-8")
        try:
            facts = json.loads(State(self.folder).facts.read_text("utf-8"))
            return facts["pid"] == self.process.pid and httpx.get(f"{self.base_url}/health", timeout=20).is_success
        except (httpx.HTTPError, FileNotFoundError):
            return False

    def part(self, name: str) -> psutil.Process:
        """The child whose command line has this word."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if name in " ".join(child.cmdline()))

    def survivors(self, *, within_s: float) -> list[str]:
        """Command lines of what is left of the processes that ran."""
        assert len(self._tree) >= 4  # PostgreSQL, emulator, front door and at least one function
        _, alive = psutil.wait_procs(self._tree, timeout=within_s)
        return [" ".join(process.cmdline()) for process in alive]

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    made = Launcher(tmp_path / "a state")
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGTERM)
    for folder in data_folders(State(made.folder)):
        shutil.rmtree(folder)


def test_a_stack_with_a_mail_server_sends_and_ctrl_c_ends_every_process(launcher: Launcher) -> None:
    with MailServer() as server:
        launcher.more = ["--mail", server.url]
        launcher.start()
        client = Client(launcher.base_url)
        client.json("POST", "/api/v1/auth/password/forgot", json={"email": client.email})
        mail = server.take(to=client.email)

    assert "?password_reset=" in mail.get_content()
    assert launcher.end(signal.SIGINT) == 0
    assert launcher.survivors(within_s=3) == []
    assert "ready in" in launcher.said.read_text("utf-8")


def test_a_start_right_after_kill_9_waits_for_what_is_still_ending(launcher: Launcher) -> None:
    launcher.start()
    slow = psutil.Process(launcher.process.pid).children()
    for child in slow:
        child.suspend()

    launcher.end(signal.SIGKILL)
    launcher.begin()
    resume = threading.Timer(2, _resume, [slow])
    resume.start()

    until(launcher.is_healthy, within_s=60)
    resume.join()

    assert not any(_works(child) for child in slow)


def _resume(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        process.resume()


def _works(process: psutil.Process) -> bool:
    """Whether the process is running; a zombie is not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _kill(part: str) -> Callable[[Launcher], None]:
    def kill(launcher: Launcher) -> None:
        launcher.part(part).kill()
        launcher.process.wait(60)

    return kill


ENDS: dict[str, Callable[[Launcher], object]] = {
    "kill -9": lambda launcher: launcher.end(signal.SIGKILL),
    "make stop": lambda launcher: launcher.end(signal.SIGTERM),
    "the emulator dies": _kill("emulator_main"),
    "the database dies": _kill("postgres"),
}


@pytest.mark.timeout(400)
def test_whatever_ends_it_no_process_is_left_and_the_next_start_goes_on_with_what_was_under_way(
    launcher: Launcher,
) -> None:
    launcher.start()
    client = Client(launcher.base_url)
    kb_id, other_id = client.create_base(), client.create_base("rebuilt")
    early = [client.upload(other_id, f"{n}.txt", f"第 {n} 号阀门每 {n} 天检查。".encode()) for n in range(20, 24)]
    assert {status["status"] for status in client.wait(early).values()} == {"indexed"}

    for first, (name, end) in zip(range(30, 70, 10), ENDS.items(), strict=True):
        under_way = [
            client.upload(kb_id, f"{n}.txt", f"第 {n} 号机器的滤芯每 {n} 天更换。".encode())
            for n in range(first, first + 8)
        ]
        client.json("POST", f"/api/v1/knowledge/bases/{other_id}/reindex")
        end(launcher)
        assert launcher.survivors(within_s=20) == [], name
        launcher.start()
        assert _states_at_the_end(client, [*under_way, *early]) == {"indexed"}, name

    answer = client.ask(kb_id, "第 30 号机器的滤芯多久更换一次？")["answer"]
    assert "30" in answer, "with the token from before the kill"
    again = {"email": client.email, "password": PASSWORD}
    assert httpx.post(f"{launcher.base_url}/api/v1/auth/login", json=again, timeout=30).is_success


def _states_at_the_end(client: Client, documents: list[str]) -> set[str]:
    """Of documents that their owner tries once more where they failed."""
    ended = client.wait(documents, limit_s=100)
    for failed in [document_id for document_id, status in ended.items() if status["status"] == "failed"]:
        client.json("POST", f"/api/v1/knowledge/documents/{failed}/retry")
    return {status["status"] for status in client.wait(documents, limit_s=100).values()}


def test_no_secret_is_in_a_name_or_in_an_open_file(launcher: Launcher, tmp_path: Path) -> None:
    catalogue = {
        "providers": {"main": {"base_url": "http://127.0.0.1:9"}},
        "models": {"any-model": {"provider": "main", "cost_per_1k_usd": 0.01}},
        "chat": "any-model",
        "keys": {"main": "sk-of-an-earlier-start"},
    }
    (tmp_path / "models.json").write_text(json.dumps(catalogue), "utf-8")
    launcher.more = ["--models", str(tmp_path / "models.json")]
    seen: set[str] = set()
    watching = threading.Event()
    watcher = threading.Thread(target=_watch_arguments, args=(seen, watching), daemon=True)
    watcher.start()
    launcher.start()
    watching.set()
    watcher.join()
    facts = json.loads(State(launcher.folder).facts.read_text("utf-8"))
    launcher.end()
    assert "sk-of-an-earlier-start" in _stored_text(launcher.folder)
    launcher.more = []
    launcher.start()
    later = json.loads(State(launcher.folder).facts.read_text("utf-8"))
    launcher.end()

    password = facts["dsn"].split(":")[2].partition("@")[0]
    assert any("infra.local.deploy" in line for line in seen), "the deployment was watched"
    for secret in ("sk-of-an-earlier-start", password, facts["secret_access_key"]):
        assert not any(secret in line for line in seen)
    assert "sk-of-an-earlier-start" not in _stored_text(launcher.folder)
    assert later["secret_access_key"] != facts["secret_access_key"]
    assert [path for path in _own_files(launcher.folder) if path.stat().st_mode & 0o077] == []


def _watch_arguments(seen: set[str], ended: threading.Event) -> None:
    """Command lines of all processes, which every user of the machine can read."""
    while not ended.wait(0.02):
        seen.update(" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))


def _own_files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if "postgres" not in path.relative_to(folder).parts)


def _stored_text(folder: Path) -> str:
    """What the emulator keeps of its secrets and parameters."""
    return "".join(path.read_text("utf-8", "replace") for path in (folder / "aws" / "state").glob("*.json"))


def test_a_closed_terminal_ends_every_process(launcher: Launcher) -> None:
    ours, theirs = pty.openpty()
    launcher.start(terminal=theirs)
    os.close(theirs)
    os.close(ours)

    launcher.end(signal.SIGHUP)

    assert launcher.survivors(within_s=20) == []


def test_a_dead_part_ends_the_whole_with_one_line(launcher: Launcher) -> None:
    launcher.start()
    postgres = next(child for child in psutil.Process(launcher.process.pid).children() if "postgres" in child.name())
    postgres.kill()

    assert launcher.process.wait(60) == 1
    assert launcher.survivors(within_s=20) == []
    assert "ended by itself" in launcher.said.read_text("utf-8")


def test_a_second_start_on_the_same_data_names_the_first(launcher: Launcher, tmp_path: Path) -> None:
    launcher.start()
    second = Launcher(launcher.folder)

    second.said = tmp_path / "second.txt"

    assert second.begin().wait(30) == 1
    assert f"It is running already: {launcher.base_url}" in second.said.read_text("utf-8")
    assert httpx.get(f"{launcher.base_url}/health", timeout=20).is_success


def test_a_port_in_use_is_one_line_that_says_what_to_do(launcher: Launcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        launcher.port = taken.getsockname()[1]

        assert launcher.begin().wait(30) == 1

    assert "make run PORT=" in launcher.said.read_text("utf-8")
    assert len(launcher.said.read_text("utf-8").strip().splitlines()) <= 3


def test_data_of_another_version_is_one_line_that_says_what_to_do(launcher: Launcher) -> None:
    launcher.start()
    launcher.end()
    version = next(
        file for folder in data_folders(State(launcher.folder)) for file in folder.glob("postgres/PG_VERSION")
    )
    version.write_text("12\n")

    assert launcher.begin().wait(60) == 1
    assert "make reset" in launcher.said.read_text("utf-8")
