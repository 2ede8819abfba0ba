"""Uploads files and follows their processing under one progress bar. Entry function: ``upload_all``."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from voicehelper_cli.api import EXIT_NOT_FOUND, EXIT_UNREACHABLE, Api, CliError
from voicehelper_cli.texts import text
from voicehelper_cli.transfers import upload

STAGES: Final = ("awaiting_upload", "queued", "parsing", "chunking", "indexing", "embedding", "finishing", "finished")
POLL_S: Final = 0.5
OUTAGE_LIMIT_S: Final = 30.0  # how long the service may be unreachable while documents are processed
EXIT_INTERRUPTED: Final = 130


def files_of(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """(the given files and all below the given folders except hidden ones, the paths that do not exist).

    Raises CliError if there is no file at all.
    """
    files: list[Path] = []
    missing: list[Path] = []
    for path in paths:
        if not path.exists():
            missing.append(path)
        else:
            files += _files_below(path) if path.is_dir() else [path]
    if not files:
        sentences = [text("no_path", path=path) for path in missing] or [text("no_files")]
        raise CliError("\n".join(sentences), exit_code=EXIT_NOT_FOUND if missing else 1)
    return list(dict.fromkeys(files)), missing


def _files_below(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def refused(path: Path, message: str, code: str = "CLIENT_ERROR") -> dict[str, Any]:
    """What stands for a document that never came to be."""
    problem = {"code": code, "message": message}
    return {"filename": path.name, "status": "refused", "error": problem, "path": str(path)}


def upload_all(api: Api, base_id: str, files: Sequence[Path], console: Console) -> list[dict[str, Any]]:
    """Uploads every file and returns the documents in their final state, in the order they reached it.

    A file that the service refuses is returned with status ``refused``; the others continue. Ctrl-C raises CliError,
    which says how far it came.
    """
    # Without markup: a file may be called "[draft].pdf".
    name, stage = (TextColumn(f"{{task.{field}}}", markup=False) for field in ("description", "fields[stage]"))
    columns = (name, BarColumn(bar_width=20), stage, TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        uploads = _Uploads(api, progress, files)
        try:
            for path in files:
                uploads.start(base_id, path)
            while uploads.processing:
                uploads.poll()
                time.sleep(POLL_S if uploads.processing else 0)
        except KeyboardInterrupt:
            message = text("interrupted", sent=uploads.sent, total=len(files))
            raise CliError(message, exit_code=EXIT_INTERRUPTED) from None
    return uploads.finished


class _Uploads:
    """``processing`` holds the documents to poll, ``finished`` the final state of the others."""

    def __init__(self, api: Api, progress: Progress, files: Sequence[Path]) -> None:
        self._api, self._progress, self._files = api, progress, files
        steps = len(STAGES) - 1
        self._steps: dict[Path, int] = {}
        self._task = progress.add_task(self._title(0), total=steps * len(files), stage="")
        self.processing: dict[Path, str] = {}  # document ids by path: identical files share one
        self.finished: list[dict[str, Any]] = []
        self.sent = 0
        self._last_response = time.monotonic()

    def _title(self, done: int) -> str:
        alone = self._files[0].name
        return alone[:32] if len(self._files) == 1 else text("files", done=done, total=len(self._files))

    def start(self, base_id: str, path: Path) -> None:
        self._show(path, text("uploading"), 0)
        try:
            self.processing[path] = upload(self._api, base_id, path)
            self.sent += 1
        except CliError as error:
            self._finish(path, refused(path, str(error), (error.body or {}).get("code", "CLIENT_ERROR")))

    def poll(self) -> None:
        """Asks once for the state of every document that is still processing."""
        for path, document_id in list(self.processing.items()):
            try:
                document = self._api.call("GET", f"/knowledge/documents/{document_id}")
            except CliError as error:
                self._on_poll_error(path, error)
                continue
            self._last_response = time.monotonic()
            if document["status"] == "processing":
                stage = document["stage"]
                self._show(path, stage, STAGES.index(stage) if stage in STAGES else 0)
            else:
                del self.processing[path]
                self._finish(path, {**document, "path": str(path)})

    def _on_poll_error(self, path: Path, error: CliError) -> None:
        if error.exit_code == EXIT_UNREACHABLE and time.monotonic() - self._last_response < OUTAGE_LIMIT_S:
            return
        del self.processing[path]
        self._finish(path, refused(path, str(error), (error.body or {}).get("code", "CLIENT_ERROR")))

    def _finish(self, path: Path, document: dict[str, Any]) -> None:
        self.finished.append(document)
        self._show(path, "", len(STAGES) - 1)

    def _show(self, path: Path, stage: str, done: int) -> None:
        """One file shows its stage; of many, the one that moved last shows its name."""
        self._steps[path] = done
        shown = stage if len(self._files) == 1 else path.name[:30]
        title = self._title(len(self.finished))
        self._progress.update(self._task, description=title, completed=sum(self._steps.values()), stage=shown)
