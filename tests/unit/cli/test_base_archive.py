"""An exported base as a file: what is written is read again, and anything else is refused before anything is sent."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from voicehelper_cli.api import CliError
from voicehelper_cli.base_archive import (
    MANIFEST,
    ArchiveWriter,
    Changes,
    ChunkChange,
    ExportedBase,
    ExportedFile,
    Grant,
    checked,
    replacing,
)

BODY = b"# Fees\n\nThe permit costs 25 euros.\n" * 40
Change = Callable[[dict[str, Any]], object]


def written(path: Path) -> ExportedBase:
    with replacing(path) as stream, ArchiveWriter(stream) as writer:
        entry, size, digest = writer.add(io.BytesIO(BODY))
        changes = Changes(2, "0" * 64, [ChunkChange(0, "Fees", "30 euros", True), ChunkChange(None, "t", "x", False)])
        file = ExportedFile(entry, "费用 [draft].md", size, digest, {"team": "行政"}, True, changes)
        grants = [Grant("ann@example.com", "", "write"), Grant("", "法务", "read")]
        base = ExportedBase("fees", "Fees", "", "restricted", grants, [file])
        writer.finish(base)
    return base


def rewritten(path: Path, change: Change, **more: bytes) -> None:
    """The archive with another manifest, and with more entries."""
    with zipfile.ZipFile(path) as opened:
        contents = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(contents.pop(MANIFEST))
    change(manifest)
    with zipfile.ZipFile(path, "w") as opened:
        for name, body in {**contents, **more, MANIFEST: json.dumps(manifest).encode()}.items():
            opened.writestr(name, body)


def code_of(path: Path) -> str:
    with pytest.raises(CliError) as refused:
        checked(path)
    return str(refused.value.body["code"])


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path, target = tmp_path / "fees.zip", tmp_path / "file"
    base = written(path)

    archive = checked(path)
    archive.extract(archive.base.files[0], target)

    assert archive.base == base
    assert target.read_bytes() == BODY
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_could_not_be_finished_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "fees.zip"
    path.write_bytes(b"before")

    with pytest.raises(ZeroDivisionError), replacing(path) as stream, ArchiveWriter(stream):
        stream.write(bytes(1 // 0))

    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("fees.zip", b"before")]


@pytest.mark.parametrize("share", [0, 0.3, 0.7, 0.99])
def test_a_file_that_was_cut_off_is_damaged(tmp_path: Path, share: float) -> None:
    path = tmp_path / "fees.zip"
    written(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    assert code_of(path) == "ARCHIVE_DAMAGED"


def test_a_byte_that_changed_is_found(tmp_path: Path) -> None:
    path = tmp_path / "fees.zip"
    written(path)
    body = bytearray(path.read_bytes())
    body[body.index(b"25 euros")] ^= 1
    path.write_bytes(body)

    assert code_of(path) == "ARCHIVE_DAMAGED"


def _set(*path: Any, value: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        at: Any = manifest
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


FILE = ("base", "files", 0)
HOSTILE: dict[str, Change] = {
    "another format": _set("format", value="other"),
    "a later version": _set("version", value=2),
    "an entry outside": _set(*FILE, "entry", value="../../etc/passwd"),
    "an absolute entry": _set(*FILE, "entry", value="/etc/passwd"),
    "a missing entry": _set(*FILE, "entry", value="files/00000009"),
    "a path as a name": _set(*FILE, "filename", value="../x.md"),
    "a name of control characters": _set(*FILE, "filename", value="a\nb.md"),
    "another size": _set(*FILE, "size_bytes", value=1),
    "a size that is no number": _set(*FILE, "size_bytes", value=True),
    "a negative size": _set(*FILE, "size_bytes", value=-1),
    "metadata that is a list": _set(*FILE, "metadata", value=[]),
    "no digest": _set(*FILE, "sha256", value="x"),
    "a right that does not exist": _set("base", "grants", 0, "right", value="owner"),
    "another visibility": _set("base", "visibility", value="everybody"),
    "a name that is no name": _set("base", "name", value="../x"),
    "files that are no list": _set("base", "files", value=7),
    "no base": _set("base", value=None),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_manifest_that_says_something_else_is_foreign(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "fees.zip"
    written(path)
    rewritten(path, HOSTILE[kind])

    assert code_of(path) == "ARCHIVE_FOREIGN"


def test_a_wrong_digest_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "fees.zip"
    written(path)
    rewritten(path, _set(*FILE, "sha256", value=hashlib.sha256(b"other").hexdigest()))

    assert code_of(path) == "ARCHIVE_DAMAGED"


@pytest.mark.parametrize("name", ["files/00000002", "../../x", "/x", "extra.txt"])
def test_entries_that_the_manifest_does_not_name_are_foreign(tmp_path: Path, name: str) -> None:
    path = tmp_path / "fees.zip"
    written(path)
    rewritten(path, lambda _: None, **{name: b"x"})

    assert code_of(path) == "ARCHIVE_FOREIGN"


def test_what_would_unpack_to_more_than_it_is_is_foreign(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("files/00000001", bytes(50_000_000))
        opened.writestr(MANIFEST, "{}")

    assert path.stat().st_size < 100_000
    assert code_of(path) == "ARCHIVE_FOREIGN"


@pytest.mark.parametrize("body", [b"", b"PK\x05\x06" + bytes(18), b"%PDF-1.7\n%%EOF", b"\0" * 1000])
def test_what_is_no_archive_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(body)

    assert code_of(path) in ("ARCHIVE_DAMAGED", "ARCHIVE_FOREIGN")


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    source, path = tmp_path / "source", tmp_path / "large.zip"
    with source.open("wb") as stream:
        stream.truncate(64_000_000)

    tracemalloc.start()
    with replacing(path) as out, ArchiveWriter(out) as writer, source.open("rb") as stream:
        entry, size, digest = writer.add(stream)
        writer.finish(ExportedBase("large", "", "", files=[ExportedFile(entry, "a.pdf", size, digest, {}, True)]))
    archive = checked(path)
    archive.extract(archive.base.files[0], tmp_path / "target")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (tmp_path / "target").stat().st_size == size == 64_000_000
    assert most < 8_000_000
