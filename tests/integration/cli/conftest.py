"""The command line against a fake of the service: in this process, which is fifty times as fast as one of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from voicehelper_cli.main import run as run_command

from tests.integration.cli.service import Service, running_service

ENTRY = "from voicehelper_cli.main import run; run()"
Result = subprocess.CompletedProcess[str]
Command = Callable[..., Result]


@pytest.fixture
def service() -> Iterator[Service]:
    with running_service() as running:
        yield running


@pytest.fixture
def command(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command without a terminal; ``answer`` is its standard input. ``own_process`` is for what Python itself
    does with arguments and streams.
    """

    def run(
        *arguments: str, locale: str = "C.UTF-8", url: str = "", answer: str = "", own_process: bool = False
    ) -> Result:
        variables = {
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "VOICEHELPER_URL": url or service.base_url,
            "VOICEHELPER_PASSWORD": "Secret-123",
            "LC_ALL": locale,
            "PYTHONUTF8": "1",
            "COLUMNS": "60",
        }
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["voicehelper", *arguments])
            return _in_a_process(arguments, answer) if own_process else _here(patch, arguments, answer)

    return run


def _here(patch: pytest.MonkeyPatch, arguments: tuple[str, ...], answer: str) -> Result:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(answer.encode()), "utf-8"))
    code: int | str | None = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run_command()
        except SystemExit as ended:
            code = ended.code
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(arguments, code if isinstance(code, int) else 0, *said)


def _in_a_process(arguments: tuple[str, ...], answer: str) -> Result:
    return subprocess.run(
        [sys.executable, "-c", ENTRY, *arguments],
        env=os.environ, input=answer, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def signed_in(command: Command) -> Command:
    assert command("login", "a@example.com").returncode == 0
    return command
