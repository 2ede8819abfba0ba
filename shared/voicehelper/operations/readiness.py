"""Readiness of a deployment: one check per dependency, in parallel, each limited to three seconds.

``check_all`` is the entry; ``functions/operations/check_readiness.py`` calls it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel

from voicehelper.adapters.deadline import ending_in
from voicehelper.observability.logs import logger
from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.adapters.content import ContentStore
    from voicehelper.adapters.database import Database

LIMIT_S: Final = 3.0


class Health(BaseModel):
    status: Literal["ok"]
    version: str
    stage: str


class DependencyResult(BaseModel):
    status: Literal["ok", "failed", "timed_out"]
    latency_ms: int


class Readiness(BaseModel):
    status: Literal["ready", "not_ready"]
    dependencies: dict[str, DependencyResult]


def health() -> Health:
    return Health(status="ok", version=settings().service_version, stage=settings().stage)


def dependency_checks(database: Database, content: Callable[[], ContentStore]) -> dict[str, Callable[[], object]]:
    """One check per dependency. ``content`` is called inside its check, so building the client is timed too."""
    return {"database": lambda: _query(database), "storage": lambda: content().exists("documents/")}


def _query(database: Database) -> None:
    """A sleeping database is not ready; waiting for it would go on after the answer."""
    with ending_in(LIMIT_S), database.transaction() as tx:
        tx.count("SELECT 1")


def check_all(checks: Mapping[str, Callable[[], object]], limit_s: float = LIMIT_S) -> Readiness:
    """Run all checks in parallel; one that exceeds the limit is reported as timed out and not waited for."""
    pool = ThreadPoolExecutor(max_workers=len(checks))
    started = time.monotonic()
    running = {name: pool.submit(_duration_s, check) for name, check in checks.items()}
    wait(running.values(), timeout=limit_s)
    results = {name: _result(name, future, started) for name, future in running.items()}
    pool.shutdown(wait=False, cancel_futures=True)
    ready = all(result.status == "ok" for result in results.values())
    return Readiness(status="ready" if ready else "not_ready", dependencies=results)


def _duration_s(check: Callable[[], object]) -> float:
    started = time.monotonic()
    check()
    return time.monotonic() - started


def _result(name: str, future: Future[float], started: float) -> DependencyResult:
    if not future.done():
        return DependencyResult(status="timed_out", latency_ms=int((time.monotonic() - started) * 1000))
    if error := future.exception():
        logger().warning("dependency failed", extra={"dependency": name, "reason": str(error)})
        return DependencyResult(status="failed", latency_ms=int((time.monotonic() - started) * 1000))
    return DependencyResult(status="ok", latency_ms=int(future.result() * 1000))
