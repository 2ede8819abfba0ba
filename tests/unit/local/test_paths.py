"""The state folder is its owner's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from infra.local.paths import State, open_private


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_state_folder_is_closed(tmp_path: Path) -> None:
    state = State(tmp_path / "deep" / "state")
    state.prepare()

    assert {_mode(folder) for folder in (state.folder, state.logs, state.aws)} == {0o700}


def test_what_an_older_version_left_open_is_closed(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    secrets = state.aws / "state" / "secretsmanager.json"
    secrets.parent.mkdir(parents=True)
    secrets.touch()
    secrets.chmod(0o644)
    (state.folder / "link").symlink_to(tmp_path)
    state.folder.chmod(0o755)
    before = _mode(tmp_path)

    state.prepare()

    assert (_mode(state.folder), _mode(secrets.parent), _mode(secrets)) == (0o700, 0o700, 0o600)
    assert _mode(tmp_path) == before


def test_a_private_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with open_private(tmp_path / "key", "w") as file:
            file.write(b"secret")
    finally:
        os.umask(before)

    assert _mode(tmp_path / "key") == 0o600
