"""``Standing``: where a caller stands at a limit that its call was counted against; ``http`` shows it in headers.

``identity.limits`` notes it with the statement that counts, so that it costs none of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """``remaining`` more calls are let in before the oldest of those counted is forgotten, ``reset_s`` from now."""

    limit: int
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        values = {"limit": self.limit, "remaining": max(0, self.remaining), "reset": max(0, self.reset_s)}
        return {f"ratelimit-{name}": str(value) for name, value in values.items()}


# Endpoints run in threads with a copy of the context: they add to the list that the handler made.
_NOTED: ContextVar[list[Standing] | None] = ContextVar("standings", default=None)


@contextlib.contextmanager
def standings() -> Iterator[list[Standing]]:
    """What is noted inside the block."""
    noted: list[Standing] = []
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def note(standing: Standing) -> None:
    if (noted := _NOTED.get()) is not None:
        noted.append(standing)
