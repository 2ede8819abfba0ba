"""Work in a child process that is killed with SIGKILL at a chosen point of its traffic.

A point is each side of a round trip to the database and of a request to AWS: before it, so that it never left, and
after it, so that it took effect and the process never knew; and the beginning and the end of the work. Entry: ``run``.
The parent must have no threads.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import signal
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from voicehelper import agent_resources, answer_resources, resources, settings, tool_resources

Work = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """``result`` is what the work returned, as JSON carries it; ``points`` how many it passed."""

    result: Any
    points: int


class WorkError(Exception):
    """The work raised; ``name`` is the exception's class, as Step Functions names it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


class KilledError(Exception):
    """The child died where it was told to."""


def run(work: Work, *, dies_at: int = 0, environment: Mapping[str, str] | None = None) -> Ended:
    """KilledError for a child that reached point ``dies_at`` (from 1 on); WorkError where the work raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _live(work, dies_at, dict(environment or {}), writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and dies_at:
        raise KilledError
    answer: dict[str, Any] = json.loads(said) if said else {"error": "Runtime.ExitError", "message": f"status {status}"}
    if "error" in answer:
        raise WorkError(answer["error"], answer["message"])
    return Ended(answer["result"], answer["points"])


def _live(work: Work, dies_at: int, environment: Mapping[str, str], writing: int) -> None:
    """Never returns: what the parent has built must not be torn down in its child."""
    try:
        os.environ.update(environment)
        _forget_resources()
        point, passed = _count_points(dies_at)
        point()
        result = work()
        point()
        answer = {"result": result, "points": passed()}
    except BaseException as error:  # noqa: BLE001 - whatever it is, it must not run on in the parent's place
        answer = {"error": type(error).__name__, "message": f"{error}\n{traceback.format_exc(limit=-4)}"}
    with contextlib.suppress(BaseException):
        os.write(writing, json.dumps(answer, default=str).encode())
    os._exit(0)


def _forget_resources() -> None:
    """What the parent keeps, connections above all, is not the child's."""
    for module in (settings, resources, agent_resources, answer_resources, tool_resources):
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def _count_points(dies_at: int) -> tuple[Callable[[], None], Callable[[], int]]:
    """Kill this process at the point; returns what marks one, and what tells how many were passed."""
    lock, numbers, last = threading.Lock(), itertools.count(1), [0]

    def point() -> None:
        with lock:
            last[0] = next(numbers)
        if last[0] == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, names in ((psycopg.Connection, ("wait",)), (http.client.HTTPConnection, ("putrequest", "getresponse"))):
        for name in names:
            _surround(owner, name, point)
    return point, lambda: last[0]


def _surround(owner: type, name: str, point: Callable[[], None]) -> None:
    original = getattr(owner, name)

    def surrounded(*args: Any, **more: Any) -> Any:
        point()
        result = original(*args, **more)
        point()
        return result

    setattr(owner, name, surrounded)
