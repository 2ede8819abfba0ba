"""`make doctor`: checks what the stack needs; one line each, with what to do where a check fails.

Entry: ``report()``.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from infra.local import outside
from infra.local.paths import APP_PYTHON, DEFAULT_STATE, EMULATOR_PYTHON, LOCAL, State, is_root
from infra.local.processes import StackError, require_port, require_space


def report(state: State = DEFAULT_STATE) -> int:
    console = Console(highlight=False)
    failed = 0
    for name, problem in checks(state):
        console.print(f"[red]✗[/red] {name}: {problem}" if problem else f"[green]✓[/green] {name}")
        failed += bool(problem)
    return 1 if failed else 0


def checks(state: State) -> Iterator[tuple[str, str]]:
    """(what is checked, the problem); an empty problem means it is fine."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    yield f"Python {version} on {platform.system()} {platform.machine()}", ""
    if version != "3.13":
        yield "Lambda runs 3.13", f"functions run on {version} here; name a 3.13 with VH_PYTHON=/path/to/python3.13"
    for name, path in (("application environment", APP_PYTHON), ("emulator environment", EMULATOR_PYTHON)):
        yield name, "" if path.exists() else f"{path} is missing; run `make install`"
    yield "disk space", _problem(lambda: require_space(_existing(state.folder)))
    if not state.facts.exists():
        yield "port 3000", _problem(lambda: require_port(3000))
    if is_root():
        yield (
            "root: PostgreSQL runs as another user, its data in /var/tmp",
            _problem(lambda: outside.require_unclaimed(state.folder)),
        )
    for tool, use in (("git", "hooks"), ("make", "every command")):
        yield tool, "" if shutil.which(tool) else f"needed for {use}"
    yield (
        "sam (only for `make build` and `make validate`)",
        "" if (LOCAL / "sam" / "bin" / "sam").exists() else "run `make install-sam`",
    )


def _existing(path: Path) -> Path:
    return next(parent for parent in [path, *path.parents] if parent.exists())


def _problem(check: Callable[[], None]) -> str:
    try:
        check()
    except StackError as error:
        return str(error)
    return ""
