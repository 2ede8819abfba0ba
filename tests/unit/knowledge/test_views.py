from __future__ import annotations

import pytest
from voicehelper.knowledge.views import show_duration


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (45.9, "45s"), (135, "2m15s"), (3723, "1h2m3s"), (3600, "1h")]
)
def test_durations_are_shown_in_hours_minutes_and_seconds(seconds: float, text: str) -> None:
    assert show_duration(seconds) == text
