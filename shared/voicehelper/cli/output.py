"""How results appear: laid out for people, or with --json as the service's own JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from voicehelper.cli.api import Api, CliError

# Names and messages come from users and files: nothing in them is markup.
out = Console(highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)


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


def show_table(value: Any, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    """The last column is an id, which stays in one piece however narrow the terminal is."""
    if Choices.as_json:
        show(value)
        return
    table = Table(box=None, header_style="dim")
    names = list(columns)
    for name in names:
        table.add_column(name, no_wrap=name == names[-1], overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table)


def show_error(error: CliError) -> None:
    if Choices.as_json:
        show(error.body or {"code": "CLIENT_ERROR", "message": str(error)})
    err.print(str(error), style="red", soft_wrap=True)
    if error.hint:
        err.print(f"→ {error.hint}", style="dim", soft_wrap=True)
