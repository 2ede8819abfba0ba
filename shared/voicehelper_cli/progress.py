"""Uploads watched to their end, one bar a document, one step a stage."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from voicehelper_cli.api import EXIT_UNREACHABLE, Api, CliError
from voicehelper_cli.texts import text

STAGES: Final = ("awaiting_upload", "queued", "parsing", "chunking", "indexing", "embedding", "finishing", "finished")
POLL_S: Final = 0.5
PATIENCE_S: Final = 30.0  # how long a service may be silent while documents are watched


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Files as given, folders with everything below; hidden files are left out."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CliError(text("no_path", path=path))
        found += _below(path) if path.is_dir() else [path]
    if not found:
        raise CliError(text("no_files"))
    return found


def _below(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def upload_all(api: Api, base_id: str, files: list[Path], console: Console) -> list[dict[str, Any]]:
    """The documents as they ended; a file the service refuses is a result, not the end of the others."""
    # Stages and names are shown as they are: a file called "[draft].pdf" is no markup.
    name, stage = (TextColumn(f"{{task.{field}}}", markup=False) for field in ("description", "fields[stage]"))
    columns = (name, BarColumn(), stage, TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        watch = _Watch(api, progress)
        for path in files:
            watch.send(base_id, path)
        while watch.waiting:
            watch.look()
            time.sleep(POLL_S if watch.waiting else 0)
    return watch.ended


class _Watch:
    """``waiting`` holds the documents still processing, ``ended`` what became of the others."""

    def __init__(self, api: Api, progress: Progress) -> None:
        self._api, self._progress = api, progress
        self.waiting: dict[TaskID, tuple[str, Path]] = {}  # files of equal bytes are one document
        self.ended: list[dict[str, Any]] = []
        self._heard = time.monotonic()

    def send(self, base_id: str, path: Path) -> None:
        task = self._progress.add_task(path.name[:40], total=len(STAGES) - 1, stage=text("uploading"))
        try:
            self.waiting[task] = (self._api.upload(base_id, path), path)
        except CliError as error:
            self._refused(task, path, error)

    def look(self) -> None:
        """One round over the waiting documents."""
        for task, (document_id, path) in list(self.waiting.items()):
            try:
                document = self._api.call("GET", f"/knowledge/documents/{document_id}")
            except CliError as error:
                self._missed(task, path, error)
                continue
            self._heard = time.monotonic()
            _show(self._progress, task, document)
            if document["status"] != "processing":
                self.ended.append({**document, "path": str(path)})
                del self.waiting[task]

    def _missed(self, task: TaskID, path: Path, error: CliError) -> None:
        if error.exit_code == EXIT_UNREACHABLE and time.monotonic() - self._heard < PATIENCE_S:
            return
        del self.waiting[task]
        self._refused(task, path, error)

    def _refused(self, task: TaskID, path: Path, error: CliError) -> None:
        problem = {"code": (error.body or {}).get("code", "CLIENT_ERROR"), "message": str(error)}
        self.ended.append({"filename": path.name, "status": "refused", "error": problem, "path": str(path)})
        self._progress.update(task, stage=str(error))


def _show(progress: Progress, task: TaskID, document: dict[str, Any]) -> None:
    if document["status"] == "failed":
        progress.update(task, stage=document["error"]["message"])
        return
    stage = document["stage"]
    done = STAGES.index(stage) if stage in STAGES else 0
    chunks = f" · {text('chunks', count=document['chunk_count'])}" if document["chunk_count"] else ""
    progress.update(task, completed=done, stage=f"{stage}{chunks}")
