"""``Moment``: a day, or a time with its zone, in a query; ``start_of`` and ``end_of`` make a period of two of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator

_DAY_CHARS: Final = 10


def _read(text: str) -> date | datetime:
    """ValueError with a code for what is neither, for a time without zone, and for years that periods cannot end in."""
    try:
        moment = date.fromisoformat(text) if len(text) <= _DAY_CHARS else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("MOMENT_INVALID") from None
    if not 1000 <= moment.year <= 9000 or (isinstance(moment, datetime) and moment.tzinfo is None):
        raise ValueError("MOMENT_INVALID")
    return moment


Moment = Annotated[date | datetime, BeforeValidator(_read)]


def _read_day(text: str) -> date:
    if len(text) > _DAY_CHARS:
        raise ValueError("DAY_INVALID")
    return _read(text)


Day = Annotated[date, BeforeValidator(_read_day)]
_USUAL: Final = timedelta(days=30)


def period(start: date | None, end: date | None) -> tuple[date, date]:
    """Both days included: until today (UTC) and 30 days long where nothing else is said."""
    last = end or datetime.now(UTC).date()
    return start or last - _USUAL + timedelta(days=1), last


def start_of(moment: date | datetime | None) -> datetime | None:
    """A date is its first moment in UTC."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(), UTC)


def end_of(moment: date | datetime | None) -> datetime | None:
    """A date is included as a whole."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(), UTC) + timedelta(days=1)
