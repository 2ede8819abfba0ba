"""Child processes: each holds a lock on its log, by which the next one finds it; see claim_log."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from infra.local.processes import claim_log, spawn, stop

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def _stubborn(log: Path) -> subprocess.Popen[bytes]:
    process = spawn([sys.executable, "-c", STUBBORN], log=claim_log(log))
    while not log.read_text("utf-8"):
        assert process.poll() is None
        time.sleep(0.01)
    return process


def test_the_log_of_an_ended_child_can_be_claimed(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    first = spawn([sys.executable, "-c", "print('done')"], log=claim_log(log))

    claim_log(log).close()

    assert first.wait(1) == 0
    assert log.read_text("utf-8") == "done\n"


def test_claiming_a_log_kills_a_child_that_does_not_end(tmp_path: Path) -> None:
    child = _stubborn(tmp_path / "child.log")
    child.send_signal(signal.SIGTERM)

    claim_log(tmp_path / "child.log", patience_s=0.2).close()

    assert child.wait(5) == -signal.SIGKILL


def test_stopping_kills_a_child_that_ignores_the_signal(tmp_path: Path) -> None:
    process = _stubborn(tmp_path / "child.log")

    stop(process, patience_s=0.2)

    assert process.returncode == -signal.SIGKILL
