"""The file of a backup: a zip with a manifest that names every entry, its size and its SHA-256.

Entries: ``Writer``, and ``checked``, which reads all of a file before anything of it is used. It appears under its name
when it is whole. It holds password hashes and the keys that sign tokens: its owner alone may read it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self, cast

from infra.local.paths import open_private
from infra.local.processes import StackError, require_space

FORMAT: Final = "voicehelper-backup"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
_PIECE: Final = 1 << 20
_MOST_MANIFEST_BYTES: Final = 500_000_000  # some two million objects


class Writer:
    """``add`` entries, then ``finish``; without it nothing remains."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise StackError(f"{path} is there already. Name another file: TO=…")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._draft = path, path.with_name(f".{path.name}.part")
        self._file = open_private(self._draft, "w")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._entries: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(OSError, ValueError):  # of a file that is given up
            self._zip.close()
        self._file.close()
        self._draft.unlink(missing_ok=True)

    def add(self, name: str, pieces: Iterable[bytes], **facts: Any) -> None:
        """``facts`` go into the manifest beside size and digest."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)
                digest.update(piece)
                size += len(piece)
        self._entries[name] = {"size": size, "sha256": digest.hexdigest(), **facts}

    def finish(self, **facts: Any) -> None:
        manifest = {"format": FORMAT, "version": VERSION, **facts, "entries": self._entries}
        self._zip.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._draft.replace(self._path)


@dataclass(frozen=True, slots=True)
class Backup:
    """A file whose every byte has been compared with its manifest."""

    path: Path
    manifest: dict[str, Any]

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        return dict(self.manifest["entries"])

    def read(self, name: str) -> bytes:
        with zipfile.ZipFile(self.path) as opened:
            return opened.read(name)

    def extract(self, name: str, target: Path) -> None:
        with zipfile.ZipFile(self.path) as opened, opened.open(name) as entry, open_private(target, "w") as file:
            shutil.copyfileobj(entry, file, _PIECE)

    def stream(self, names: Iterable[str]) -> Iterator[tuple[str, IO[bytes]]]:
        with zipfile.ZipFile(self.path) as opened:
            for name in names:
                with opened.open(name) as entry:
                    yield name, entry


def checked(path: Path, *, room_in: Path) -> Backup:
    """StackError for what is no backup, is damaged, or holds more than fits ``room_in``; nothing is written."""
    try:
        with zipfile.ZipFile(path) as opened:
            manifest = _manifest(opened)
            _compare(opened, manifest["entries"], room_in)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, KeyError, TypeError, NotImplementedError) as error:
        raise StackError(f"{path} cannot be restored: {error or type(error).__name__}. Nothing was changed.") from error
    return Backup(path, manifest)


def _manifest(opened: zipfile.ZipFile) -> dict[str, Any]:
    entry = opened.getinfo(MANIFEST)
    if entry.file_size > _MOST_MANIFEST_BYTES:
        raise ValueError("its manifest is too large")
    manifest = json.loads(opened.read(entry))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError("it is no backup of VoiceHelper")
    if manifest["version"] != VERSION:
        raise ValueError(f"its format is {manifest['version']}, and {VERSION} is understood here")
    return manifest


def _compare(opened: zipfile.ZipFile, entries: dict[str, dict[str, Any]], room_in: Path) -> None:
    names = opened.namelist()
    if sorted(names) != sorted([*entries, MANIFEST]):
        raise ValueError("its entries are not those of its manifest")
    sizes = {entry.filename: entry.file_size for entry in opened.infolist()}
    if wrong := next((name for name, entry in entries.items() if sizes[name] != entry["size"]), None):
        raise ValueError(f"{wrong} has another size")
    existing = next(folder for folder in (room_in, *room_in.parents) if folder.exists())
    require_space(existing, megabytes=300 + 2 * sum(sizes.values()) // 1_000_000)
    for name, entry in entries.items():
        with opened.open(name) as stream:
            if hashlib.file_digest(cast("zipfile.ZipExtFile", stream), "sha256").hexdigest() != entry["sha256"]:
                raise ValueError(f"{name} is damaged")
