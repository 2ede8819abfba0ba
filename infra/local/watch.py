"""Applies edits to the running stack: code by replacing idle workers, the template by deploying it again.

Entry: ``until()``, which the launcher runs until it ends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import watch

from infra.local import metrics
from infra.local.alarms import watching
from infra.local.endpoint import Endpoint
from infra.local.paths import ROOT, STACK_NAME
from infra.local.processes import StackError
from infra.local.stack import Stack

_FOLDERS = (ROOT / "functions", ROOT / "shared", ROOT / "infra" / "state_machines")
_TEMPLATE = ROOT / "template.yaml"
_one_at_a_time = threading.Lock()


def until(ended: threading.Event, stack: Stack, *, say: Callable[[str], None]) -> None:
    """Watch the sources until the event is set. Raises StackError when a process of the stack ends by itself."""
    stopper = threading.Event()
    threading.Thread(target=_relay, args=(ended, stack, stopper), daemon=True).start()
    threading.Thread(target=metrics.pump, args=(stack.endpoint, stopper), daemon=True).start()
    threading.Thread(target=watching.watch, args=(stack, stopper), daemon=True).start()
    threading.Thread(target=_follow_template, args=(stack, stopper, say), daemon=True).start()
    for changes in watch(*_FOLDERS, stop_event=stopper, rust_timeout=500, yield_on_timeout=False):
        _apply({Path(path) for _, path in changes if "__pycache__" not in path}, stack, say)
    if not ended.is_set():
        raise StackError(f"A part of the stack ended by itself; see {stack.state.logs}. `make run` starts again.")


def _follow_template(stack: Stack, stopper: threading.Event, say: Callable[[str], None]) -> None:
    """Watch the template through its folder: editors save by renaming, which ends a watch on the file itself."""
    for _ in watch(
        ROOT,
        recursive=False,
        watch_filter=lambda _, path: Path(path) == _TEMPLATE,
        stop_event=stopper,
        rust_timeout=500,
        yield_on_timeout=False,
    ):
        _apply({_TEMPLATE}, stack, say)


def _relay(ended: threading.Event, stack: Stack, stopper: threading.Event) -> None:
    while not ended.wait(0.5):
        if any(process.poll() is not None for process in stack.processes):
            break
    stopper.set()


def _apply(paths: set[Path], stack: Stack, say: Callable[[str], None]) -> None:
    with _one_at_a_time:
        _apply_alone(paths, stack, say)


def _apply_alone(paths: set[Path], stack: Stack, say: Callable[[str], None]) -> None:
    try:
        if any(path.suffix in (".yaml", ".json") and not path.is_relative_to(ROOT / "shared") for path in paths):
            stack.deploy()
            say("template deployed")
        elif any(path.suffix in (".py", ".sql", ".json") for path in paths):
            replace_workers(stack.endpoint)
            say(f"reloaded after {', '.join(sorted(path.name for path in paths)[:3])}")
    except StackError as error:
        say(f"[red]{error}[/red]")


def replace_workers(endpoint: Endpoint) -> int:
    """Upload the same code again, which replaces idle workers and lets running calls end."""
    client = endpoint.client("lambda")
    names = [
        function["FunctionName"]
        for page in client.get_paginator("list_functions").paginate()
        for function in page["Functions"]
        if function["FunctionName"].startswith(STACK_NAME)
    ]
    for name in names:
        code = client.get_function(FunctionName=name)["Code"]["Location"]
        client.update_function_code(FunctionName=name, ZipFile=endpoint.get(code))
    return len(names)
