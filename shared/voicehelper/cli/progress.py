"""Uploads watched to their end, one bar a document, one step a stage."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from voicehelper.cli.api import Api, CliError

STAGES: Final = ("awaiting_upload", "queued", "parsing", "chunking", "indexing", "embedding", "finishing", "finished")
_POLL_S: Final = 0.5


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Files as given, folders with everything below; hidden files are left out."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CliError(f"{path} does not exist.")
        below = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        found += [item for item in below if not item.name.startswith(".")]
    if not found:
        raise CliError("There is no file to upload.")
    return found


def upload_all(api: Api, base_id: str, files: list[Path], console: Console) -> list[dict[str, Any]]:
    """The documents as they ended; a file the service refuses is a result, not the end of the others."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[stage]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        waiting: dict[str, tuple[TaskID, Path]] = {}
        ended: list[dict[str, Any]] = []
        for path in files:
            task = progress.add_task(path.name[:40], total=len(STAGES) - 1, stage="uploading")
            try:
                waiting[api.upload(base_id, path)] = (task, path)
            except CliError as error:
                ended.append({"filename": path.name, "status": "refused", "error": {"message": str(error)}})
                progress.update(task, stage=f"[red]{error}[/red]")
        while waiting:
            for document_id, (task, path) in list(waiting.items()):
                document = api.call("GET", f"/knowledge/documents/{document_id}")
                _show(progress, task, document)
                if document["status"] != "processing":
                    ended.append({**document, "path": str(path)})
                    del waiting[document_id]
            time.sleep(_POLL_S if waiting else 0)
    return ended


def _show(progress: Progress, task: TaskID, document: dict[str, Any]) -> None:
    if document["status"] == "failed":
        progress.update(task, stage=f"[red]{document['error']['message']}[/red]")
        return
    stage = document["stage"]
    done = STAGES.index(stage) if stage in STAGES else 0
    progress.update(task, completed=done, stage=f"{stage} ({document['chunk_count']} chunks)" if done == 7 else stage)
