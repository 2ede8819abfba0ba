"""Folders in /var/tmp for what another user must enter: PostgreSQL refuses to run as root, and the state folder is
closed to everybody else.

Anyone may make folders there, under any name and before us. So each one is used only where this user made it and nobody
else may write into it. Entry: ``folder_of`` for a state folder's data, ``copy`` for programs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.local.processes import StackError

PARENT: Final = Path("/var/tmp")
_PREFIX: Final = "voicehelper-"
_OWNER: Final = "belongs_to"
_ENTERED_BY_ANYONE: Final = 0o711
_WRITTEN_BY_OTHERS: Final = 0o022


def path_of(state_folder: Path) -> Path:
    return PARENT / f"{_PREFIX}{hashlib.sha256(str(state_folder).encode()).hexdigest()[:12]}"


def require_unclaimed(state_folder: Path) -> None:
    """Raise StackError where somebody else has made the folder of this state folder."""
    if os.path.lexists(path_of(state_folder)):
        require_ours(path_of(state_folder))


def folder_of(state_folder: Path) -> Path:
    """The folder of a state folder, made where it is not there. Raises StackError where somebody else made it."""
    folder = path_of(state_folder)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        require_ours(folder)
    folder.chmod(_ENTERED_BY_ANYONE)
    (folder / _OWNER).write_text(str(state_folder), "utf-8")
    return folder


def copy(name: str, sources: Mapping[str, Path]) -> Path:
    """A folder with copies of folders, by their path in it; made under a random name, so that it appears whole."""
    folder = PARENT / f"{_PREFIX}{name}"
    if not os.path.lexists(folder):
        draft = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{name}-", dir=PARENT))
        for target, source in sources.items():
            shutil.copytree(source, draft / target)
        _open(draft)
        try:
            draft.rename(folder)
        except OSError:  # another start was faster
            shutil.rmtree(draft)
    require_ours(folder)
    return folder


def _open(draft: Path) -> None:
    """Let everybody read and run what this process's umask may have closed."""
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & stat.S_IXUSR else 0o644)


def require_ours(folder: Path) -> None:
    if not is_ours(folder):
        raise StackError(f"{folder} was made by another user, or others may write to it. Remove it, then retry.")


def is_ours(path: Path) -> bool:
    """Whether this user made a folder (no link to one) and no other may write to it."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & _WRITTEN_BY_OTHERS


def remove_orphans() -> None:
    """Remove data whose state folder no longer exists, as after test runs."""
    for folder in PARENT.glob(f"{_PREFIX}*"):
        owner = folder / _OWNER
        if is_ours(folder) and owner.is_file() and not Path(owner.read_text("utf-8")).exists():
            shutil.rmtree(folder, ignore_errors=True)
