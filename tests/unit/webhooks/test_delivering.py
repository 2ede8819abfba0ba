"""How long a receiver that fails is left alone."""

from __future__ import annotations

from voicehelper.webhooks.delivering import delay_s


def test_pauses_double_from_half_a_minute_to_three_hours() -> None:
    longest = [delay_s(attempts, 0, 1.0) for attempts in range(1, 12)]

    assert longest[:3] == [30, 60, 120]
    assert longest[-1] == delay_s(1000, 0, 1.0) == 3 * 3600
    assert delay_s(3, 0, 0.0) == 60
    assert delay_s(1, 900, 0.5) == 900


def test_a_day_has_room_for_some_twenty_attempts() -> None:
    times, at = 0, 0.0
    while at < 24 * 3600:
        times += 1
        at += delay_s(times, 0, 0.5)

    assert 15 <= times <= 25
