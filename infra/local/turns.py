"""Calls over a function's concurrency wait for their turn, first come first served, for a bounded time.

Throttling at once would let two hundred retries a second become load of their own. A caller at a connection waits less
long than a state machine, and when it leaves, its call is not worked off. What nobody waits for gives way to callers
in line, for a bounded time too: documents are ingested more slowly, and questions as if alone.

Entry: ``queue_throttled_calls``, installed by ``emulator_main``; ``calling`` says who waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any, Final

PIPELINE_WAIT_S: Final = 20.0
YIELD_S: Final = 15.0  # how long the pipeline's calls stay behind callers who do not stop coming
CALLER_WAIT_S: Final = 10.0  # the gateway's limit is 30, and the call itself takes a while

Slot = tuple[Any, str | None]  # the emulator's: (key, None), or (None, which limit is reached)
_THROTTLED: Final[Slot] = (None, "function")


class Caller:
    """Someone at the other end of a connection, whose calls, the authorizer's and the function's, wait together."""

    def __init__(self) -> None:
        self.has_left = False
        self.patience_ends = time.monotonic() + CALLER_WAIT_S
        self.wake = threading.Event()  # set as well when it is the call's turn

    def leave(self) -> None:
        self.has_left = True
        self.wake.set()


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


@contextlib.asynccontextmanager
async def calling(caller: Caller, receive: Callable[[], Awaitable[Any]]) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """Within it, calls wait for ``caller``, until ``receive`` says that the connection is closed.

    Yields how to wait for that message, because only one may receive.
    """
    watch = asyncio.create_task(_watch(caller, receive))
    token = _caller.set(caller)
    try:
        yield lambda: asyncio.shield(watch)
    finally:
        _caller.reset(token)
        watch.cancel()


async def _watch(caller: Caller, receive: Callable[[], Awaitable[Any]]) -> Any:
    while (message := await receive())["type"] != "http.disconnect":
        pass
    caller.leave()
    return message


class _Turn:
    def __init__(self, acquire: Callable[[], Slot], caller: Caller | None) -> None:
        self.acquire, self.caller = acquire, caller
        self.came = caller.wake if caller else threading.Event()
        self.came.clear()  # it may be set from an earlier call of the same caller
        self.slot: Slot | None = None

    @property
    def is_abandoned(self) -> bool:
        return self.caller is not None and self.caller.has_left


class _Line:
    """The waiting calls of one function."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: deque[_Turn] = deque()

    def take(self, turn: _Turn, *, until: float) -> Slot:
        with self._lock:
            self._turns.append(turn)
            self._serve()
        while turn.slot is None and not turn.is_abandoned and (left := until - time.monotonic()) > 0:
            turn.came.wait(left)
        with self._lock:
            if turn.slot is None:
                self._turns.remove(turn)
            return turn.slot or _THROTTLED

    def give(self, release: Callable[[], None]) -> None:
        with self._lock:
            release()
            self._serve()

    def _serve(self) -> None:
        """Hand free slots to those who have waited longest; who has left keeps waiting for nothing."""
        for turn in [turn for turn in self._turns if not turn.is_abandoned]:
            slot = turn.acquire()
            if slot[1] == "function":
                return
            turn.slot = slot
            self._turns.remove(turn)
            turn.came.set()


class _CallersInLine:
    """How many callers wait, in any line."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0

    @contextlib.contextmanager
    def one_more(self) -> Iterator[None]:
        self._add(1)
        try:
            yield
        finally:
            self._add(-1)

    def _add(self, number: int) -> None:
        with self._changed:
            self._number += number
            if not self._number:
                self._changed.notify_all()

    def wait_until_none(self, limit_s: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._number, limit_s)


def _is_limited(func: Any) -> bool:
    """Whether the emulator's record of a function has reserved concurrency."""
    return bool(func) and func.get("concurrency") is not None


def queue_throttled_calls(lambda_svc: Any) -> None:
    """Cannot deadlock: no function that has a limit calls one that has."""
    acquire, release = lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot
    parameters = [list(inspect.signature(function).parameters) for function in (acquire, release)]
    assert parameters == [["func", "config"], ["key"]], "another emulator version: check this patch"
    lines: dict[str, _Line] = {}
    callers = _CallersInLine()

    def line_of(key: str) -> _Line:
        return lines.setdefault(key, _Line())  # atomic, as the lookup of a defaultdict is not

    def acquire_or_wait(func: Any, config: Any) -> Slot:
        caller, line = _caller.get(), line_of(lambda_svc._inflight_key(config))
        turn = _Turn(lambda: acquire(func, config), caller)
        if caller:
            with callers.one_more():
                slot = line.take(turn, until=caller.patience_ends)
        else:
            if _is_limited(func):  # a function that answers calls one without a limit, and waits for it
                callers.wait_until_none(YIELD_S)
            slot = line.take(turn, until=time.monotonic() + PIPELINE_WAIT_S)
        if slot[0] is not None and turn.is_abandoned:
            line.give(lambda: release(slot[0]))
            return _THROTTLED
        return slot

    def release_and_serve(key: Any) -> None:
        line_of(key).give(lambda: release(key))

    lambda_svc._acquire_execution_slot = acquire_or_wait
    lambda_svc._release_execution_slot = release_and_serve
