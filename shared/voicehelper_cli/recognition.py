"""Command ``voicehelper ocr``: text, tables and an invoice's fields of a picture or scan."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from voicehelper_cli.api import EXIT_FAILED, EXIT_NOT_FOUND, Api, CliError
from voicehelper_cli.output import Options, api, out, show
from voicehelper_cli.texts import text
from voicehelper_cli.transfers import INLINE_BYTES, post_to_storage

POLL_S: Final = 0.5


def recognise(
    file: Annotated[Path, typer.Argument(help="A JPEG, PNG, WebP, TIFF or PDF.")],
    mode: Annotated[str, typer.Option(help="ocr, table or ocr_table.")] = "ocr_table",
    language: Annotated[str, typer.Option(help="zh-CN or en: what it is mostly written in.")] = "zh-CN",
) -> None:
    """Read the text and the tables of a picture or scan."""
    result = read_file(api(), file, {"mode": mode, "language": language})
    if Options.as_json:
        show(result)
        return
    show(result, *([(result["text"], "")] if result["text"] else []))
    for table in result["tables"]:
        out.print()
        out.print(_drawn(table["rows"]))
    for name, value in (result.get("fields") or {}).items():
        if isinstance(value, str):
            out.print(f"{name}: {value}", style="dim", soft_wrap=True)
    if not result["text"] and not result["tables"]:
        out.print(text("nothing_read"), style="dim")


def _drawn(rows: list[list[str]]) -> Table:
    table = Table(show_header=False)
    for _ in rows[0]:
        table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def read_file(service: Api, path: Path, options: dict[str, str]) -> dict[str, Any]:
    """CliError for a file that is missing, or that the service cannot read."""
    if not path.is_file():
        raise CliError(text("no_path", path=path), exit_code=EXIT_NOT_FOUND)
    try:
        answer = _send(service, path, options)
    except OSError as error:
        raise CliError(text("unreadable", path=path, reason=error.strerror)) from error
    return _wait(service, answer) if "status_url" in answer else answer


def _send(service: Api, path: Path, options: dict[str, str]) -> dict[str, Any]:
    if path.stat().st_size <= INLINE_BYTES:
        files = {"file": (path.name, path.read_bytes())}
        return dict(service.call("POST", "/multimodal/process", files=files, data=options))
    announced = {**options, "size_bytes": path.stat().st_size}
    form: dict[str, Any] = service.call("POST", "/multimodal/process", json=announced)
    post_to_storage({**form, "fields": form["upload_fields"]}, path)
    return form


def _wait(service: Api, accepted: dict[str, Any], pause: Callable[[float], object] = time.sleep) -> dict[str, Any]:
    while True:
        task = service.call("GET", f"/multimodal/tasks/{accepted['task_id']}")
        if task["status"] == "completed":
            return dict(task["result"])
        if task["status"] == "failed":
            raise CliError(task["error"]["message"], exit_code=EXIT_FAILED, body=task["error"])
        pause(POLL_S)
