"""Removing all local data asks first; ports are checked where they are given."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import postgres
from infra.local.__main__ import free_port_near
from infra.local.paths import State
from infra.local.processes import free_port, is_free
from tests.support.application import ROOT


def run(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.local", *arguments, "--state", str(state)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_nothing_is_removed_without_an_answer_or_a_flag(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "document").write_text("kept")

    refused = run(state, "reset")
    assert (refused.returncode, (state / "document").exists()) == (1, True)
    assert "make reset YES=1" in refused.stdout
    assert run(state, "reset", "--yes").returncode == 0

    assert not state.exists()


def test_a_folder_that_was_deleted_and_made_again_starts_with_empty_data(tmp_path: Path) -> None:
    """As a repository that is cloned to the same path again; root's data are in another folder, which stays."""
    state = State(tmp_path / "state")
    for _ in range(2):
        state.prepare()
        process = postgres.start(state, settings=postgres.NOT_DURABLE).process
        process.terminate()
        process.wait(30)
        shutil.rmtree(state.folder)


@pytest.mark.parametrize("port", ["0", "99999", "x", "-1", "3000.5"])
def test_what_is_no_port_is_refused_in_one_sentence(tmp_path: Path, port: str) -> None:
    refused = run(tmp_path, "up", f"--port={port}")

    assert refused.returncode == 2
    assert f"{port} is not a port (1 to 65535)" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_next_free_port_is_taken() -> None:
    first = free_port()

    assert is_free(free_port_near(first))
