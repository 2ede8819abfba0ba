"""Durations as people read them."""

from __future__ import annotations


def show_duration(seconds: float) -> str:
    """As in "45s", "2m15s", "1h2m3s"; under a second it is "0s"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "m"), (rest, "s")]
    shown = [f"{number}{unit}" for number, unit in parts if number]
    return "".join(shown) or "0s"
