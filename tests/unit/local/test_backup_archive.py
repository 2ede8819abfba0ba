"""A backup as a file: it is there when it is whole, and nothing is taken from one that is not."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import pytest
from voicehelper.sql.migrate import file_digests

from infra.local.backup.archive import MANIFEST, Writer, checked
from infra.local.backup.database import require_known
from infra.local.processes import StackError

BODY = b"rows and rows " * 500


def written(path: Path) -> None:
    with Writer(path) as writer:
        writer.add("database.dump", [BODY, BODY])
        writer.add("objects/00000001", [b"x"], key="documents/a/b/c/1/source")
        writer.finish(made_at="2026-11-27T20:00:00Z")


def test_what_is_written_is_read_again_and_private(tmp_path: Path) -> None:
    path = tmp_path / "backups" / "one.backup"
    written(path)

    backup = checked(path, room_in=tmp_path / "not" / "there")

    assert backup.read("database.dump") == BODY * 2
    assert backup.entries["objects/00000001"]["key"] == "documents/a/b/c/1/source"
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["one.backup"]


def test_a_backup_that_was_cut_short_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Writer(tmp_path / "one.backup") as writer:
        writer.add("database.dump", (bytes(1 // piece) for piece in (1, 0)))

    assert list(tmp_path.iterdir()) == []


def test_a_backup_replaces_no_other(tmp_path: Path) -> None:
    written(tmp_path / "one.backup")

    with pytest.raises(StackError, match="there already"):
        Writer(tmp_path / "one.backup")


@pytest.mark.parametrize("share", [0, 0.2, 0.8, 0.99])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "one.backup"
    written(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(StackError, match="Nothing was changed"):
        checked(path, room_in=tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_a_changed_byte_is_found(tmp_path: Path, share: float) -> None:
    path = tmp_path / "one.backup"
    with Writer(path) as writer:
        writer.add("database.dump", [random.Random(1).randbytes(50_000)])
        writer.finish(made_at="now")
    body = bytearray(path.read_bytes())
    body[int(len(body) * share)] ^= 1
    path.write_bytes(body)

    with pytest.raises(StackError, match="Nothing was changed"):
        checked(path, room_in=tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"format": "other"}, {"version": 2}, {"entries": {}}, {"entries": {"database.dump": {"size": 10**15}}}],
    ids=["another format", "a later version", "no entries", "another size"],
)
def test_a_manifest_of_something_else_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "one.backup"
    written(path)
    with zipfile.ZipFile(path) as opened:
        contents = {name: opened.read(name) for name in opened.namelist()}
    contents[MANIFEST] = json.dumps(json.loads(contents[MANIFEST]) | change).encode()
    with zipfile.ZipFile(path, "w") as opened:
        for name, body in contents.items():
            opened.writestr(name, body)

    with pytest.raises(StackError, match="Nothing was changed"):
        checked(path, room_in=tmp_path)


@pytest.mark.parametrize("body", [b"", b"-- PostgreSQL database dump", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_backup_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(body)

    with pytest.raises(StackError, match="cannot be restored"):
        checked(path, room_in=tmp_path)
    with pytest.raises(StackError, match="cannot be restored"):
        checked(tmp_path / "missing", room_in=tmp_path)


def test_data_of_a_later_or_another_version_are_refused() -> None:
    known = file_digests()

    require_known(dict(list(known.items())[:3]))
    with pytest.raises(StackError, match="9999_later"):
        require_known(known | {"9999_later.sql": "0"})
    with pytest.raises(StackError, match="another version"):
        require_known(known | {next(iter(known)): "0"})
