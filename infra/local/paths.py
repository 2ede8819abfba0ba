"""Paths of the checkout and of the local stack: environments in .local, data in a state folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
APP_PYTHON = ROOT / ".venv" / "bin" / "python"
EMULATOR_PYTHON = LOCAL / "emulator" / "bin" / "python"
# What Lambda's runtime brings and nothing else: a package that `sam build` left out is missing here, too.
RUNTIME_PYTHON = LOCAL / "runtime" / "bin" / "python"
BUILD = ROOT / ".aws-sam" / "build"
# Written by infra.reader_weights; the local stack and `sam build` use it where it is.
READER_WEIGHTS = ROOT / "layers" / "reader" / "reader.safetensors"
STACK_NAME = "voicehelper-local"
PRIVATE = 0o077  # the umask of everything the stack starts: its files hold secrets and documents


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
    def traces(self) -> Path:
        return self.folder / "traces"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def restoring(self) -> Path:
        """There until a restore is whole."""
        return self.folder / "restoring"

    def prepare(self) -> None:
        """Make the folders, for their owner alone; what an older version left open to others is closed."""
        for folder in (self.folder, self.logs, self.aws, self.aws / "tmp"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.folder.stat().st_mode & PRIVATE:
            for path in (self.folder, *_open_files(self.folder)):
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~PRIVATE)


def _open_files(folder: Path) -> Iterator[Path]:
    """Files and folders below it that others may use; PostgreSQL keeps its own data closed."""
    for path in folder.iterdir():
        if path.is_symlink() or path.name == "postgres":
            continue
        if path.stat().st_mode & PRIVATE:
            yield path
        if path.is_dir():
            yield from _open_files(path)


def open_private(path: Path, mode: Literal["w", "a"]) -> IO[bytes]:
    """Open a file that its owner alone may read, whatever the umask of this process."""
    return open(path, f"{mode}b", opener=lambda name, flags: os.open(name, flags, 0o600))


DEFAULT_STATE = State(LOCAL / "state")


def open_to_others(path: Path) -> bool:
    """Whether another user can reach this path: PostgreSQL refuses to run as root."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in [path, *path.parents])


def is_root() -> bool:
    return os.getuid() == 0
