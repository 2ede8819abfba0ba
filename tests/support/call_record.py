"""Which operations of the API description were called, and how they answered.

The end-to-end client notes every response here; `--every-operation` (tests/e2e/conftest.py) reads the record of all
test processes and fails the run for an operation that never succeeded or never refused.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import httpx

from tests.support.application import OPENAPI_FILE
from tests.support.refusals import has_shape

Outcome: TypeAlias = Literal["success", "refusal"]


class CallRecord:
    """Outcomes by operation, as "GET /api/v1/knowledge/bases/{kb_id}"; calls outside the description are left out."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        operations = [
            (method.upper(), path, operation)
            for path, methods in description["paths"].items()
            for method, operation in methods.items()
        ]
        # A literal path wins over a parameter, as in the gateway.
        self._routes = sorted(((method, path, _pattern(path)) for method, path, _ in operations), key=_parameters)
        self._refusable = {f"{method} {path}" for method, path, operation in operations if _can_refuse(operation)}
        self.calls: set[tuple[str, str]] = set()

    def note(self, response: httpx.Response) -> None:
        """An httpx response hook: redirects are noted one by one, bodies of refusals are read."""
        operation = self.operation(response.request.method, response.request.url.path)
        if operation and (outcome := outcome_of(response)):
            self.calls.add((operation, outcome))

    def operation(self, method: str, path: str) -> str | None:
        """The operation that serves a concrete path."""
        return next((f"{m} {p}" for m, p, pattern in self._routes if m == method and pattern.fullmatch(path)), None)

    def merge(self, calls: Iterable[tuple[str, str]]) -> None:
        """Add the calls of another test process."""
        self.calls |= {(operation, outcome) for operation, outcome in calls}

    def missing(self) -> Iterator[str]:
        """A sentence for every operation without a success, or without a refusal where one is possible."""
        for operation in (f"{method} {path}" for method, path, _ in sorted(self._routes, key=lambda r: (r[1], r[0]))):
            if (operation, "success") not in self.calls:
                yield f"{operation} was never called with success"
            if operation in self._refusable and (operation, "refusal") not in self.calls:
                yield f"{operation} was never refused"


def outcome_of(response: httpx.Response) -> Outcome | None:
    """2xx and 3xx succeed; 4xx refuses if it has the error shape of the path. None for anything else."""
    if response.is_success or response.is_redirect:
        return "success"
    if not response.is_client_error:
        return None
    try:
        body = json.loads(response.read())
    except ValueError:
        return None
    return "refusal" if has_shape(response.request.url.path, body) else None


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, re.split(r"\{[^}]+\}", path))))


def _parameters(route: tuple[str, str, re.Pattern[str]]) -> int:
    return route[1].count("{")


def _can_refuse(operation: Mapping[str, Any]) -> bool:
    """An operation that takes neither a token nor input has nothing to refuse: the health checks."""
    return any(operation.get(part) for part in ("security", "parameters", "requestBody"))


@functools.cache
def call_record() -> CallRecord:
    """The record of this test process."""
    return CallRecord(json.loads(OPENAPI_FILE.read_text("utf-8")))
