"""Paths of the checkout and of the local stack: environments in .local, data in a state folder."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
APP_PYTHON = ROOT / ".venv" / "bin" / "python"
EMULATOR_PYTHON = LOCAL / "emulator" / "bin" / "python"
# What Lambda's runtime brings and nothing else: a package that `sam build` left out is missing here, too.
RUNTIME_PYTHON = LOCAL / "runtime" / "bin" / "python"
BUILD = ROOT / ".aws-sam" / "build"
STACK_NAME = "voicehelper-local"


@dataclass(frozen=True, slots=True)
class State:
    """Folder with one stack's data. Stacks with different folders run side by side."""

    folder: Path

    @property
    def facts(self) -> Path:
        """Ports and process id of the running launcher, as JSON."""
        return self.folder / "stack.json"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def aws(self) -> Path:
        return self.folder / "aws"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def unclean(self) -> Path:
        """Marker that exists while the stack runs, and still at the next start after a crash."""
        return self.folder / "running"

    def prepare(self) -> None:
        for folder in (self.folder, self.logs, self.aws, self.aws / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)


DEFAULT_STATE = State(LOCAL / "state")


def open_to_others(path: Path) -> bool:
    """Whether another user can reach this path: PostgreSQL refuses to run as root."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in [path, *path.parents])


def is_root() -> bool:
    return os.getuid() == 0
