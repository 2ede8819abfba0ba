"""Runs code in a fresh interpreter under the settings that functions have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from infra import template
from tests.support.application import ROOT
from tests.support.environment import VARIABLES

_PATHS = 'import sys; sys.path[:0] = ["functions", "shared"]\n'


def function_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with the variables of functions.

    Without PYTHONDONTWRITEBYTECODE, with which imports would measure the compiler: layers are deployed compiled.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    threads = {"OMP_NUM_THREADS": template.read().defaults["Environment"]["Variables"]["OMP_NUM_THREADS"]}
    return kept | VARIABLES | threads | dict(more or {})


def run_child(code: str, *arguments: str, sent: str = "", variables: Mapping[str, str] | None = None) -> Any:
    """What the code's last line of output says, as JSON; ``sent`` is its input, for more than an argument may hold."""
    command = [sys.executable, "-c", _PATHS + code, *arguments]
    environment = function_environment(variables)
    done = subprocess.run(command, input=sent, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])
