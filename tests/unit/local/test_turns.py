"""Waiting for a turn: in order, for a bounded time, and only while the caller is there."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local import turns
from infra.local.turns import Caller, calling, queue_throttled_calls


class Emulator(SimpleNamespace):
    """As much of the emulator as is patched: slots of one function, of which one is free."""

    def __init__(self) -> None:
        self.free, lock = 1, threading.Lock()

        def acquire(func: Any, config: Any) -> tuple[str | None, str | None]:
            with lock:
                if not self.free:
                    return None, "function"
                self.free -= 1
                return "key", None

        def release(key: str) -> None:
            with lock:
                self.free += 1

        super().__init__(
            _acquire_execution_slot=acquire, _release_execution_slot=release, _inflight_key=lambda _: "key"
        )
        queue_throttled_calls(self)

    def acquire(self, func: Any = None) -> str | None:
        key: str | None = self._acquire_execution_slot(func, {})[0]
        return key

    def release(self) -> None:
        self._release_execution_slot("key")


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


def _waiting(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    time.sleep(0.05)  # it has to reach the line before the next one comes
    return thread


def _run(scenario: Coroutine[Any, Any, Any]) -> Any:
    """In a thread: asyncio.run leaves the one it ran in without the event loop that other tests look for."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, scenario).result(30)


def test_waiting_calls_are_served_in_order(emulator: Emulator) -> None:
    served: list[int] = []

    def work(number: int) -> None:
        assert emulator.acquire()
        served.append(number)
        emulator.release()

    emulator.acquire()
    threads = [_waiting(lambda number=number: work(number)) for number in range(5)]  # type: ignore[misc]
    emulator.release()
    for thread in threads:
        thread.join(5)

    assert served == [0, 1, 2, 3, 4]
    assert emulator.free == 1


def test_waiting_ends(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PIPELINE_WAIT_S", 0.1)
    emulator.acquire()

    assert emulator.acquire() is None
    emulator.release()
    assert emulator.free == 1


def test_a_call_whose_caller_has_left_gets_no_turn(emulator: Emulator) -> None:
    caller, got = Caller(), list[Any]()

    async def call(left: asyncio.Event) -> None:
        async def receive() -> dict[str, str]:
            await left.wait()
            return {"type": "http.disconnect"}

        async with calling(caller, receive):
            got.append(await asyncio.to_thread(emulator.acquire))

    async def scenario() -> None:
        left = asyncio.Event()
        waiting = asyncio.create_task(call(left))
        await asyncio.sleep(0.1)
        assert got == []
        left.set()
        await asyncio.wait_for(waiting, 2)

    emulator.acquire()
    _run(scenario())
    emulator.release()

    assert (got, emulator.free) == ([None], 1)


def test_a_caller_may_make_one_call_after_the_other(emulator: Emulator) -> None:
    """The authorizer's first, then the function's: an old signal must not look like a turn."""

    async def receive() -> dict[str, str]:
        await asyncio.sleep(60)
        return {}

    async def scenario() -> list[Any]:
        async with calling(Caller(), receive):
            threading.Timer(0.1, emulator.release).start()
            first = await asyncio.to_thread(emulator.acquire)
            threading.Timer(0.3, emulator.release).start()
            began = time.process_time()
            second = await asyncio.to_thread(emulator.acquire)
            return [first, second, time.process_time() - began]

    emulator.acquire()
    first, second, busy_s = _run(scenario())

    assert (first, second) == ("key", "key")
    assert busy_s < 0.1  # it waits, it does not ask again and again


LIMITED = {"concurrency": 1}


def _in_line(emulator: Emulator, meanwhile: Callable[[], Any]) -> Any:
    """What ``meanwhile`` returns while a caller waits, whose turn does not come."""

    async def receive() -> dict[str, str]:
        await asyncio.sleep(60)
        return {}

    async def scenario() -> Any:
        async with calling(Caller(), receive):
            waiting = asyncio.create_task(asyncio.to_thread(emulator.acquire))
            await asyncio.sleep(0.1)
            try:
                return await asyncio.get_running_loop().run_in_executor(None, meanwhile)  # nobody's call
            finally:
                emulator.release()
                await waiting

    return _run(scenario())


def test_the_pipeline_gives_way_for_a_bounded_time(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "YIELD_S", 0.3)
    monkeypatch.setattr(turns, "PIPELINE_WAIT_S", 0.0)
    emulator.acquire()

    def took_s(func: Any) -> float:
        began = time.monotonic()
        emulator.acquire(func)
        return time.monotonic() - began

    assert _in_line(emulator, lambda: took_s(LIMITED)) >= 0.3
    assert _in_line(emulator, lambda: took_s(None)) < 0.3  # what an answer waits for has no limit
