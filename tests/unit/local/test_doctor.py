"""What the doctor measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.doctor import available_memory_mb


@pytest.mark.parametrize(
    ("text", "megabytes"),
    [
        ("MemTotal:  8000000 kB\nMemAvailable:    1536000 kB\n", 1536),
        ("MemTotal:  8000000 kB\n", None),
        ("MemAvailable:\n", None),
        ("", None),
    ],
)
def test_available_memory_is_what_the_system_says(tmp_path: Path, text: str, megabytes: int | None) -> None:
    (tmp_path / "meminfo").write_text(text)

    assert available_memory_mb(tmp_path / "meminfo") == megabytes


def test_a_system_that_does_not_tell_is_no_problem(tmp_path: Path) -> None:
    assert available_memory_mb(tmp_path / "nowhere") is None
