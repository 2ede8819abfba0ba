"""How results appear: laid out for people, or with --json as the service's own JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from voicehelper_cli.api import Api, CliError

ANY_WIDTH: Final = 10_000
LONGEST_CELL: Final = 42  # an id with its prefix fits


def console(*, stderr: bool = False) -> Console:
    """Markup off: names and messages come from users and files. What a script reads has no width to fit into."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else ANY_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


out, err = console(), console(stderr=True)


class Choices:
    """What the global options chose."""

    url = "http://localhost:3000"
    as_json = False


def api() -> Api:
    return Api(Choices.url)


def show(value: Any, *lines: tuple[str, str]) -> None:
    """``lines`` are (sentence, rich style); with --json the value takes their place."""
    if Choices.as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
        return
    for sentence, style in lines:
        out.print(sentence, style=style, soft_wrap=True)


def show_table(value: Any, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """On a narrow terminal the first column folds; the others, ids above all, stay in one piece."""
    if Choices.as_json:
        show(value)
        return
    table = Table(box=None, header_style="dim")
    table.add_column(columns[0], overflow="fold", min_width=8)
    for number, name in enumerate(columns[1:], start=1):
        widest = max([cell_len(name), *(cell_len(row[number]) for row in rows)])
        table.add_column(name, no_wrap=True, min_width=min(widest, LONGEST_CELL))
    for row in rows:
        table.add_row(*row)
    out.print(table)


def show_error(error: CliError) -> None:
    if Choices.as_json:
        show(error.body or {"code": "CLIENT_ERROR", "message": str(error)})
    err.print(str(error), style="red", soft_wrap=True)
    if error.hint:
        err.print(f"→ {error.hint}", style="dim", soft_wrap=True)
