"""Entry point of the AWS emulator's process, run by its own interpreter: five patches, then the emulator itself.

1. and 2. make a warm call take 8 ms instead of 100 (Nagle's algorithm; waiting for log lines of a silent handler).
3. keeps only the most recently used idle workers: a process per function, kept for ever, would need 3 GB at 80.
4. gives throttling the error name that state machines retry.
5. queues calls over a function's concurrency limit for a while: two hundred retries a second are load, too.
A periodic snapshot limits what kill -9 loses to a few seconds.
"""

from __future__ import annotations

import inspect
import logging
import os
import socketserver
import threading
import time
import urllib.request
from collections import defaultdict
from typing import Any

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

IDLE_WORKERS = int(os.environ.get("IDLE_WORKERS", "12"))
SNAPSHOT_S = float(os.environ.get("SNAPSHOT_S", "5"))
MAX_QUEUE_S = 20.0


def reduce_latency() -> None:
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    drain = lambda_runtime.Worker._drain_stderr_bounded
    names = list(inspect.signature(drain).parameters)
    assert names == ["self", "first_line_wait", "idle_confirm", "hard_cap"], (
        "another emulator version: check this patch"
    )
    drain.__defaults__ = (0.004, 0.002, 0.25)


def limit_idle_workers() -> None:
    assert callable(lambda_svc.reap_idle_workers), "another emulator version: check this patch"
    lambda_svc.reap_idle_workers = reap_oldest


def reap_oldest(ttl: float | None = None) -> int:
    with lambda_runtime._lock:
        idle = [worker for pool in lambda_runtime._workers.values() for worker in pool if not worker.in_use]
        oldest = sorted(idle, key=lambda worker: worker.last_used)[: max(0, len(idle) - IDLE_WORKERS)]
        for key, pool in list(lambda_runtime._workers.items()):
            remaining = [worker for worker in pool if worker not in oldest]
            lambda_runtime._workers[key] = remaining
            if not remaining:
                del lambda_runtime._workers[key]
    lambda_runtime.kill_workers(oldest)
    return len(oldest)


def name_throttling() -> None:
    """State machines retry a throttled call by its name on AWS; here it would arrive as Lambda.Unknown."""
    answer = lambda_svc._throttle_response
    names = list(inspect.signature(answer).parameters)
    assert names == ["reason_code", "msg", "retry_after"], "another emulator version: check this patch"

    def named(*arguments: Any, **named_arguments: Any) -> Any:
        response = answer(*arguments, **named_arguments)
        response["body"]["errorType"] = "Lambda.TooManyRequestsException"
        return response

    lambda_svc._throttle_response = named


def queue_throttled_calls() -> None:
    """Cannot deadlock: only the pipeline's functions have a limit, and none of them calls itself."""
    acquire, release = lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot
    parameters = [list(inspect.signature(function).parameters) for function in (acquire, release)]
    assert parameters == [["func", "config"], ["key"]], "another emulator version: check this patch"
    free_slots: defaultdict[str, threading.Condition] = defaultdict(threading.Condition)

    def acquire_or_wait(func: Any, config: Any) -> Any:
        deadline = time.monotonic() + MAX_QUEUE_S
        slot_freed = free_slots[lambda_svc._inflight_key(config)]
        with slot_freed:
            while (slot := acquire(func, config))[1] == "function" and (left := deadline - time.monotonic()) > 0:
                slot_freed.wait(left)
        return slot

    def release_and_notify(key: Any) -> None:
        with free_slots[key]:
            release(key)
            free_slots[key].notify()

    lambda_svc._acquire_execution_slot = acquire_or_wait
    lambda_svc._release_execution_slot = release_and_notify


def snapshot_for_ever() -> None:
    """Starts when the emulator is ready: an earlier snapshot would overwrite a good state with an empty one."""
    ready = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_ministack/ready"
    while not _answers(ready):
        time.sleep(0.2)
    logging.getLogger("persistence").setLevel(logging.WARNING)  # otherwise fifty lines every five seconds
    while True:
        time.sleep(SNAPSHOT_S)
        _save()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


def _save() -> None:
    save: Any = app.save_all
    save(app._build_persistence_save_dict())


if __name__ == "__main__":
    reduce_latency()
    limit_idle_workers()
    name_throttling()
    queue_throttled_calls()
    threading.Thread(target=snapshot_for_ever, daemon=True).start()
    app.main()
