"""Folders in /var/tmp, where anybody may have made one first."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from infra.local import outside
from infra.local.processes import StackError


@pytest.fixture(autouse=True)
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(outside, "PARENT", tmp_path / "var-tmp")
    (tmp_path / "var-tmp").mkdir()
    return tmp_path / "var-tmp"


def test_a_folder_may_be_entered_by_all_and_written_by_its_maker(tmp_path: Path) -> None:
    folder = outside.folder_of(tmp_path / "state")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o711
    assert outside.folder_of(tmp_path / "state") == folder


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o720, 0o702])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    folder = outside.path_of(tmp_path / "state")
    folder.mkdir()
    folder.chmod(mode)

    with pytest.raises(StackError, match="made by another user, or others may write"):
        outside.folder_of(tmp_path / "state")


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o711)
    outside.path_of(tmp_path / "state").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StackError):
        outside.folder_of(tmp_path / "state")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder of another user")
def test_a_folder_of_another_user_is_refused_and_not_removed(tmp_path: Path, parent: Path) -> None:
    folder, programs = outside.path_of(tmp_path / "state"), parent / "voicehelper-programs"
    for path in (folder, programs):
        path.mkdir(mode=0o711)
        (path / "belongs_to").write_text("/nowhere", "utf-8")
        os.chown(path, 65534, 65534)

    with pytest.raises(StackError):
        outside.folder_of(tmp_path / "state")
    with pytest.raises(StackError):
        outside.copy("programs", {})
    outside.remove_orphans()
    assert folder.exists()


def test_data_whose_state_folder_is_gone_is_removed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    kept, gone = outside.folder_of(tmp_path / "kept"), outside.folder_of(tmp_path / "gone")

    outside.remove_orphans()

    assert (kept.exists(), gone.exists()) == (True, False)


def test_programs_are_copied_once_and_open_to_all(tmp_path: Path, parent: Path) -> None:
    (tmp_path / "bin").mkdir(mode=0o700)
    program = tmp_path / "bin" / "run"
    program.touch(mode=0o700)

    copied = outside.copy("programs", {"own/bin": tmp_path / "bin"})
    program.unlink()
    again = outside.copy("programs", {"own/bin": tmp_path / "bin"})

    assert again == copied
    assert stat.S_IMODE((copied / "own/bin/run").stat().st_mode) == 0o755
    assert [path.name for path in parent.iterdir()] == ["voicehelper-programs"]
