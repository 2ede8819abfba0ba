"""`make doctor`: checks what the stack needs; one line each, with what to do where a check fails.

Entry: ``report()``.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from rich.console import Console

from infra.local import outside
from infra.local.paths import APP_PYTHON, DEFAULT_STATE, EMULATOR_PYTHON, LOCAL, State, is_root
from infra.local.processes import StackError, is_free, require_port, require_space

NEEDED_MB: Final = 1500  # what a running stack held with one upload and one question in work, and a margin
DEV_TOOL: Final = APP_PYTHON.with_name("ruff")


def report(state: State = DEFAULT_STATE) -> int:
    console = Console(highlight=False, soft_wrap=True)
    failed = 0
    for name, problem in checks(state):
        console.print(f"[red]✗[/red] {name}: {problem}" if problem else f"[green]✓[/green] {name}")
        failed += bool(problem)
    for name, advice in extras():
        console.print(f"[dim]·[/dim] {name}: {advice}")
    return 1 if failed else 0


def checks(state: State) -> Iterator[tuple[str, str]]:
    """(what is checked, the problem); an empty problem means it is fine."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    yield f"Python {version} on {platform.system()} {platform.machine()}", ""
    if version != "3.13":
        yield "Lambda runs 3.13", f"functions run on {version} here; name a 3.13 with VH_PYTHON=/path/to/python3.13"
    for name, path in (("application environment", APP_PYTHON), ("emulator environment", EMULATOR_PYTHON)):
        yield name, "" if path.exists() else f"{path} is missing; run `make install`"
    yield "built-in model answers", model_problem()
    free_mb = shutil.disk_usage(_existing(state.folder)).free // 1_000_000
    yield f"disk space ({free_mb / 1000:.1f} GB free)", _problem(lambda: require_space(_existing(state.folder)))
    yield from _memory()
    if not state.facts.exists():
        yield "port 3000", _problem(lambda: require_port(3000)) if not _has_free_port() else ""
    if is_root():
        yield (
            "root: PostgreSQL runs as another user, its data in /var/tmp",
            _problem(lambda: outside.require_unclaimed(state.folder)),
        )
    for tool, use in (("git", "hooks"), ("make", "every command")):
        yield tool, "" if shutil.which(tool) else f"needed for {use}"


def extras() -> Iterator[tuple[str, str]]:
    """(what is not there, when it comes): nothing that running the product needs."""
    if not (LOCAL / "sam" / "bin" / "sam").exists():
        yield "AWS SAM", "`make build` and `make validate` install it by themselves"
    if not DEV_TOOL.exists():
        yield "tools of developers", "`make test` and `make check` install them by themselves"


# Embeds one word as a function would; a model that cannot be loaded fails every question and every upload.
_TRY_MODEL: Final = (
    "from voicehelper.models.offline.embedder import OfflineEmbedder as E;"
    "v = E().embed_query('ready'); assert abs(sum(x * x for x in v) - 1) < 0.01"
)


def model_problem() -> str:
    """Loads the model once, in a process of its own."""
    if not APP_PYTHON.exists():
        return "the application environment is missing"
    done = subprocess.run([APP_PYTHON, "-c", _TRY_MODEL], capture_output=True, text=True, check=False, timeout=120)
    last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    return "" if done.returncode == 0 else f"it cannot be loaded ({last}); `rm -r .venv && make install` renews it"


def _memory() -> Iterator[tuple[str, str]]:
    available_mb = available_memory_mb()
    if available_mb is None:
        return
    little = f"the stack needs some {NEEDED_MB} MB; close other programs" if available_mb < NEEDED_MB else ""
    yield f"memory ({available_mb / 1000:.1f} GB available)", little


def available_memory_mb(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """None where the system does not tell (macOS)."""
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text("ascii").splitlines() if ":" in line)
        return int(lines["MemAvailable"].split()[0]) // 1000
    except (OSError, ValueError, KeyError, IndexError):
        return None


def _has_free_port() -> bool:
    return any(map(is_free, range(3000, 3010)))


def _existing(path: Path) -> Path:
    return next(parent for parent in [path, *path.parents] if parent.exists())


def _problem(check: Callable[[], None]) -> str:
    try:
        check()
    except StackError as error:
        return str(error)
    return ""
