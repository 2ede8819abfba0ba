from __future__ import annotations

import pytest
from voicehelper.knowledge.views import show_duration, shown_warning


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (45.9, "45s"), (135, "2m15s"), (3723, "1h2m3s"), (3600, "1h")]
)
def test_durations_are_shown_in_hours_minutes_and_seconds(seconds: float, text: str) -> None:
    assert show_duration(seconds) == text


def test_a_warning_about_pages_names_them() -> None:
    warning = shown_warning("unreadable_characters:2, 5", "en")

    assert warning.code == "unreadable_characters"
    assert "page 2, 5" in warning.message
    assert "第 2, 5 页" in shown_warning("unreadable_characters:2, 5", "zh").message
