"""Waiting for a fact that nobody announces."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(fact: Callable[[], Any], *, within_s: float = 30) -> Any:
    """What ``fact`` gives as soon as it is true; AssertionError when it never is."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := fact():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not so within {within_s} s")
