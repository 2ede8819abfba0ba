from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError
from voicehelper.shapes.moments import Moment, end_of, period, start_of

MOMENT: TypeAdapter[date | datetime] = TypeAdapter(Moment)
EAST = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)),
        ("2026-01-31T08:00:00+08:00", datetime(2026, 1, 31, 8, tzinfo=EAST), datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T08:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC), datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_a_day_is_a_whole_one_and_a_time_is_itself(text: str, start: datetime, end: datetime) -> None:
    moment = MOMENT.validate_python(text)

    assert (start_of(moment), end_of(moment)) == (start, end)


def test_no_moment_bounds_nothing() -> None:
    assert (start_of(None), end_of(None)) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "today",
        "2026-02-30",
        "2026-01-31T08:00:00",
        "31.01.2026",
        "0001-01-01",
        "9999-12-31",
        "1767225600",
        "\uff12\uff10",
    ],
)
def test_what_is_neither_is_refused_with_a_code(text: str) -> None:
    with pytest.raises(ValidationError, match="MOMENT_INVALID"):
        MOMENT.validate_python(text)


def test_a_period_is_thirty_days_until_today_unless_days_are_named() -> None:
    today = datetime.now(UTC).date()
    first, last = period(None, None)

    assert (last - first).days == 29
    assert today <= last <= datetime.now(UTC).date()
    assert period(None, date(2026, 3, 1)) == (date(2026, 1, 31), date(2026, 3, 1))
    assert period(date(2026, 1, 1), date(2026, 3, 1)) == (date(2026, 1, 1), date(2026, 3, 1))
