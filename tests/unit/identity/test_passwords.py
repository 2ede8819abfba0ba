"""Password hashes, and comparisons that take the same work for users who exist and who do not."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher
from voicehelper.identity.passwords import hash_password, matches


def test_only_the_right_password_matches() -> None:
    stored = hash_password("Quiet-River-7-Lamps")

    assert matches("Quiet-River-7-Lamps", stored)
    assert not matches("Quiet-River-7-Lamp", stored)
    assert not matches("Quiet-River-7-Lamps", "no hash")


def test_an_unknown_user_costs_one_comparison_with_the_same_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the first one of a process."""
    calls: list[tuple[str, str]] = []

    def note(name: str) -> Any:
        original = getattr(PasswordHasher, name)

        def noted(self: PasswordHasher, *values: str) -> object:
            calls.append((name, values[0].rpartition("$")[0].rpartition("$")[0]))
            return original(self, *values)

        return noted

    stored = hash_password("Quiet-River-7-Lamps")
    for name in ("verify", "hash"):
        monkeypatch.setattr(PasswordHasher, name, note(name))

    assert not matches("x", None)
    assert not matches("x", stored)
    assert calls[0] == calls[1]
    assert [name for name, _ in calls] == ["verify", "verify"]
