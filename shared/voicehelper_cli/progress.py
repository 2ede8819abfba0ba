"""Uploads files and follows their processing with one progress bar per document. Entry function: ``upload_all``."""

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
OUTAGE_LIMIT_S: Final = 30.0  # how long the service may be unreachable while documents are processed


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The given files, and all files below the given folders except hidden ones. Raises CliError if there is none."""
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CliError(text("no_path", path=path))
        files += _files_below(path) if path.is_dir() else [path]
    if not files:
        raise CliError(text("no_files"))
    return files


def _files_below(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def upload_all(api: Api, base_id: str, files: list[Path], console: Console) -> list[dict[str, Any]]:
    """Uploads every file and returns the documents in their final state, in the order they reached it.

    A file that the service refuses is returned with status ``refused``; the others continue.
    """
    # Without markup: a file may be called "[draft].pdf".
    name, stage = (TextColumn(f"{{task.{field}}}", markup=False) for field in ("description", "fields[stage]"))
    columns = (name, BarColumn(), stage, TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        uploads = _Uploads(api, progress)
        for path in files:
            uploads.start(base_id, path)
        while uploads.processing:
            uploads.poll()
            time.sleep(POLL_S if uploads.processing else 0)
    return uploads.finished


class _Uploads:
    """``processing`` holds the documents to poll, ``finished`` the final state of the others."""

    def __init__(self, api: Api, progress: Progress) -> None:
        self._api, self._progress = api, progress
        self.processing: dict[TaskID, tuple[str, Path]] = {}  # by task: identical files share one document id
        self.finished: list[dict[str, Any]] = []
        self._last_response = time.monotonic()

    def start(self, base_id: str, path: Path) -> None:
        task = self._progress.add_task(path.name[:40], total=len(STAGES) - 1, stage=text("uploading"))
        try:
            self.processing[task] = (self._api.upload(base_id, path), path)
        except CliError as error:
            self._finish_refused(task, path, error)

    def poll(self) -> None:
        """Asks once for the state of every document that is still processing."""
        for task, (document_id, path) in list(self.processing.items()):
            try:
                document = self._api.call("GET", f"/knowledge/documents/{document_id}")
            except CliError as error:
                self._on_poll_error(task, path, error)
                continue
            self._last_response = time.monotonic()
            _show(self._progress, task, document)
            if document["status"] != "processing":
                self.finished.append({**document, "path": str(path)})
                del self.processing[task]

    def _on_poll_error(self, task: TaskID, path: Path, error: CliError) -> None:
        if error.exit_code == EXIT_UNREACHABLE and time.monotonic() - self._last_response < OUTAGE_LIMIT_S:
            return
        del self.processing[task]
        self._finish_refused(task, path, error)

    def _finish_refused(self, task: TaskID, path: Path, error: CliError) -> None:
        problem = {"code": (error.body or {}).get("code", "CLIENT_ERROR"), "message": str(error)}
        self.finished.append({"filename": path.name, "status": "refused", "error": problem, "path": str(path)})
        self._progress.update(task, stage=str(error))


def _show(progress: Progress, task: TaskID, document: dict[str, Any]) -> None:
    if document["status"] == "failed":
        progress.update(task, stage=document["error"]["message"])
        return
    stage = document["stage"]
    done = STAGES.index(stage) if stage in STAGES else 0
    chunks = f" · {text('chunks', count=document['chunk_count'])}" if document["chunk_count"] else ""
    progress.update(task, completed=done, stage=f"{stage}{chunks}")
