"""Ready-made clients in environments of their own: installed once below .local/clients, and asked by a script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.local.paths import ROOT

UV = ROOT / ".local/uv/bin/uv"
CLIENTS = ROOT / ".local/clients"
INSTALL_TIMEOUT_S = 600


def python_with(requirements: Sequence[str], *, name: str, base: str = "", without_dependencies: bool = False) -> Path:
    """An interpreter that has these packages; the test is skipped where they cannot be installed.

    ``base`` is a request that uv looks for on this machine, such as ">=3.11,<3.13"; the running one by default.
    """
    environment = CLIENTS / name
    python, stamp = environment / "bin/python", environment / "installed"
    if stamp.exists() and stamp.read_text("utf-8").split() == list(requirements):
        return python
    if not UV.exists():
        pytest.skip("no uv; `make lock` installs it")
    own = os.path.realpath(sys.executable)
    alone = ["--no-deps"] if without_dependencies else []
    commands: list[list[str | Path]] = [
        [UV, "venv", "-q", "--clear", "--no-python-downloads", "--python", base or own, environment],
        [UV, "pip", "install", "-q", "--python", python, *alone, *requirements],
    ]
    for command in commands:
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"{name} cannot be installed here: {error.stderr[-300:]}")
        except subprocess.TimeoutExpired:
            pytest.skip(f"{name} was not installed within {INSTALL_TIMEOUT_S} s")
    stamp.write_text("\n".join(requirements), "utf-8")
    return python


def answer_of(python: Path, script: Path, *arguments: str, timeout_s: float = 400) -> Any:
    """What the script prints as its last line, which is JSON."""
    command: list[str | Path] = [python, script, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout.strip().splitlines()[-1])
