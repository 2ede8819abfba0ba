"""How long a receiver asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from voicehelper.webhooks.sending import retry_after_s

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Thu, 01 Jan 2026 00:10:00 GMT", 600),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0),
        *((text, 0) for text in ("", "-5", "soon", "1e9", "٣", "9" * 40)),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: float) -> None:
    assert retry_after_s(value, NOW) == seconds
