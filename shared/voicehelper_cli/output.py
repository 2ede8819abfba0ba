"""Prints results: formatted for people, or as the service's JSON with --json. Every command ends in ``show``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from voicehelper_cli.api import Api, CliError
from voicehelper_cli.texts import text

UNLIMITED_WIDTH: Final = 10_000
MAX_CELL_WIDTH: Final = 42  # fits an id with its prefix
MIN_WIDTH_WITH_IDS: Final = 110


def console(*, stderr: bool = False) -> Console:
    """A console without markup, since names and messages come from users. Output that is piped is never wrapped."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else UNLIMITED_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


out, err = console(), console(stderr=True)


class Options:
    """The values of the global options; ``main.set_options`` sets them before a command runs."""

    url = "http://localhost:3000"
    key = ""
    as_json = False


def api() -> Api:
    return Api(Options.url, Options.key, say=lambda line: err.print(line, style="dim", soft_wrap=True))


def show(value: Any, *lines: tuple[str, str]) -> None:
    """Prints ``lines``, pairs of (text, rich style); with --json prints ``value`` instead."""
    if Options.as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
        return
    for line, style in lines:
        out.print(line, style=style, soft_wrap=True)


def show_table(value: Any, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """Prints ``rows`` as a table. On a narrow terminal only the first column wraps, and ids are left out where a name
    says as much: the last column, if it is ``id`` and the first is a name.
    """
    if Options.as_json:
        show(value)
        return
    if out.width < MIN_WIDTH_WITH_IDS and columns[-1] == "id" and columns[0] in ("name", "file"):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    table = Table(box=None, header_style="dim")
    table.add_column(columns[0], overflow="fold", min_width=8)
    for number, name in enumerate(columns[1:], start=1):
        width = max([cell_len(name), *(cell_len(row[number]) for row in rows)])
        table.add_column(name, no_wrap=True, min_width=min(width, MAX_CELL_WIDTH))
    for row in rows:
        table.add_row(*row)
    out.print(table)
    if not rows and out.is_terminal:
        out.print(text("nothing"), style="dim")


def show_error(error: CliError) -> None:
    if Options.as_json:
        show(error.body or {"code": "CLIENT_ERROR", "message": str(error)})
    err.print(str(error), style="red", soft_wrap=True)
    if error.hint:
        err.print(f"→ {error.hint}", style="dim", soft_wrap=True)
