"""The file of an exported base: a zip of its documents' files and a manifest that says what they are.

``ArchiveWriter`` writes one, ``checked`` reads all of one before anything of it is used. A file's name in the zip is a
number, and its real name only text: nothing is ever unpacked under a name that the file gives. Nothing in it is
compressed, so it cannot unpack to more than it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self, cast

from voicehelper_cli.api import CliError
from voicehelper_cli.texts import text

FORMAT: Final = "voicehelper-base"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
_ENTRY: Final = re.compile(r"files/\d{8}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_PIECE: Final = 1 << 20
_MOST_MANIFEST_BYTES: Final = 200_000_000
_RIGHTS: Final = ("read", "write", "manage")


@dataclass(frozen=True, slots=True)
class ChunkChange:
    """``sequence`` is None for a chunk that the file does not have."""

    sequence: int | None
    title: str
    content: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What people changed in a document's chunks.

    ``file_chunks`` is how many the file has, and ``others`` a digest of those that nobody changed: only where the other
    side has cut the file in the same way, a number stands for the same chunk.
    """

    file_chunks: int
    others: str
    chunks: list[ChunkChange]


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One version of one document; ``changes`` are None where there are none. ``was_indexed`` says it answered."""

    entry: str
    filename: str
    size_bytes: int
    sha256: str
    metadata: dict[str, Any]
    was_indexed: bool
    changes: Changes | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """To a member, by e-mail, or to a group, by name; the other one is empty."""

    member: str
    group: str
    right: str


@dataclass(frozen=True, slots=True)
class ExportedBase:
    """``files`` are in the order in which they are to be uploaded. ``visibility`` is empty where it was not shown."""

    name: str
    display_name: str
    description: str
    visibility: str = ""
    grants: list[Grant] = field(default_factory=list)
    files: list[ExportedFile] = field(default_factory=list)


class ArchiveWriter:
    """``add`` files, then ``finish``."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, ValueError):  # of a file that is given up
            self._zip.close()

    def add(self, source: IO[bytes]) -> tuple[str, int, str]:
        """(name, size, SHA-256) of the entry."""
        self._count += 1
        name, digest, size = f"files/{self._count:08d}", hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as entry:
            while piece := source.read(_PIECE):
                entry.write(piece)
                digest.update(piece)
                size += len(piece)
        return name, size, digest.hexdigest()

    def finish(self, base: ExportedBase) -> None:
        manifest = {"format": FORMAT, "version": VERSION, "base": asdict(base)}
        self._zip.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        self._zip.close()


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name when all of it is there. It holds documents: its owner alone may read it."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with open(draft, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        raise CliError(text("unwritable", path=path, reason=error.strerror or error)) from error
    finally:
        draft.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Archive:
    """A file whose every byte has been compared with its manifest."""

    path: Path
    base: ExportedBase

    def extract(self, file: ExportedFile, target: Path) -> None:
        with zipfile.ZipFile(self.path) as opened, opened.open(file.entry) as entry, target.open("wb") as stream:
            shutil.copyfileobj(entry, stream, _PIECE)


def checked(path: Path) -> Archive:
    """CliError, whose body has a code, for what is no export, is damaged, or could not be one of ours."""
    try:
        with zipfile.ZipFile(path) as opened:
            base = _base(opened, path.stat().st_size)
            for file in base.files:
                with opened.open(file.entry) as stream:
                    if hashlib.file_digest(cast("zipfile.ZipExtFile", stream), "sha256").hexdigest() != file.sha256:
                        raise refusal("ARCHIVE_DAMAGED", text("archive_damaged", path=path, name=file.filename))
    except (zipfile.BadZipFile, EOFError) as error:
        raise refusal("ARCHIVE_DAMAGED", text("archive_damaged", path=path, name=str(error))) from error
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, RecursionError) as error:
        raise refusal("ARCHIVE_FOREIGN", text("archive_foreign", path=path, reason=str(error))) from error
    except OSError as error:
        raise CliError(text("unreadable", path=path, reason=error.strerror)) from error
    return Archive(path, base)


def refusal(code: str, message: str) -> CliError:
    return CliError(message, body={"code": code, "message": message})


def _base(opened: zipfile.ZipFile, archive_bytes: int) -> ExportedBase:
    entries = opened.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("compressed entries")
    if sum(entry.file_size for entry in entries) > archive_bytes:
        raise ValueError("entries that overlap")
    if opened.getinfo(MANIFEST).file_size > _MOST_MANIFEST_BYTES:
        raise ValueError("the manifest's size")
    manifest = json.loads(opened.read(MANIFEST))
    if (manifest["format"], manifest["version"]) != (FORMAT, VERSION):
        raise ValueError(f"{manifest['format']} {manifest['version']}"[:80])
    base = _read_base(manifest["base"])
    sizes = {entry.filename: entry.file_size for entry in entries}
    if len(entries) != len(sizes) or sorted(sizes) != sorted([MANIFEST, *(file.entry for file in base.files)]):
        raise ValueError("entries that the manifest does not name")
    if any(sizes[file.entry] != file.size_bytes for file in base.files):
        raise ValueError("an entry of another size")
    return base


def _read_base(value: dict[str, Any]) -> ExportedBase:
    return ExportedBase(
        name=_text(value["name"], r"[a-z0-9_]{1,64}"),
        display_name=_text(value["display_name"]),
        description=_text(value["description"]),
        visibility=_text(value["visibility"], "|workspace|restricted"),
        grants=[_read_grant(item) for item in value["grants"]],
        files=[_read_file(item) for item in value["files"]],
    )


def _read_grant(value: dict[str, Any]) -> Grant:
    return Grant(_text(value["member"]), _text(value["group"]), _text(value["right"], "|".join(_RIGHTS)))


def _read_file(value: dict[str, Any]) -> ExportedFile:
    metadata, changes = value["metadata"], value["changes"]
    if not isinstance(metadata, dict):
        raise TypeError("metadata")
    return ExportedFile(
        entry=_text(value["entry"], _ENTRY.pattern),
        filename=_text(value["filename"], r"[^\x00-\x1f/\\]{1,255}"),
        size_bytes=_number(value["size_bytes"]),
        sha256=_text(value["sha256"], _SHA256.pattern),
        metadata=metadata,
        was_indexed=value["was_indexed"] is True,
        changes=None if changes is None else _read_changes(changes),
    )


def _read_changes(value: dict[str, Any]) -> Changes:
    chunks = [
        ChunkChange(
            None if item["sequence"] is None else _number(item["sequence"]),
            _text(item["title"]),
            _text(item["content"]),
            item["enabled"] is True,
        )
        for item in value["chunks"]
    ]
    return Changes(_number(value["file_chunks"]), _text(value["others"], _SHA256.pattern), chunks)


def _text(value: Any, pattern: str = "") -> str:
    if not isinstance(value, str) or (pattern and not re.fullmatch(pattern, value)):
        raise ValueError(f"{value!r}"[:80])
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r}"[:80])
    return value
