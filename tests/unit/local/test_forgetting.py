"""The emulator's record of executions stays small."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from infra.local.forgetting import forget_ended


def test_the_oldest_ended_executions_go_and_none_that_runs() -> None:
    executions: dict[Hashable, dict[str, Any]] = {
        number: {"stopDate": None if number % 3 == 0 else f"2026-11-27T20:00:{number:02d}Z"} for number in range(12)
    }

    forget_ended(executions, kept=2)
    forget_ended(executions, kept=2)

    assert sorted(executions, key=str) == sorted([0, 3, 6, 9, 10, 11], key=str)
