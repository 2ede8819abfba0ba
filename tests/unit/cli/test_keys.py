from __future__ import annotations

from datetime import UTC, datetime

import pytest
from voicehelper_cli.api import CliError
from voicehelper_cli.keys import expiry

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "ends"),
    [
        ("", None),
        ("  ", None),
        ("12h", datetime(2026, 5, 2, 0, tzinfo=UTC)),
        ("90d", datetime(2026, 7, 30, 12, tzinfo=UTC)),
        ("4W", datetime(2026, 5, 29, 12, tzinfo=UTC)),
        ("2027-01-31T10:00:00+08:00", datetime(2027, 1, 31, 2, tzinfo=UTC)),
        ("2027-01-31t10:00:00z", datetime(2027, 1, 31, 10, tzinfo=UTC)),
    ],
)
def test_an_expiry_is_a_period_or_a_moment(wanted: str, ends: datetime | None) -> None:
    found = expiry(wanted, NOW)

    assert (found and datetime.fromisoformat(found)) == ends


def test_a_date_alone_is_its_first_moment_on_this_machine() -> None:
    found = expiry("2027-01-31", NOW)

    assert found is not None
    assert datetime.fromisoformat(found) == datetime(2027, 1, 31).astimezone()


@pytest.mark.parametrize("wanted", ["soon", "90", "d", "-3d", "9999999d", "2027-02-30", "31.01.2027", "\uff19d"])
def test_what_is_neither_is_refused_before_anything_is_sent(wanted: str) -> None:
    with pytest.raises(CliError):
        expiry(wanted, NOW)
