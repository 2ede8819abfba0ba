"""Growth between two dated values of one measure in an observation: "2023 年为 120 亿元，2024 年达到 150 亿元".

``growth_in`` is the entry; ``revise`` computes what it finds, and ``report`` names it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.agents.planning.amounts import decimal_text
from voicehelper.agents.planning.periods import periods
from voicehelper.agents.planning.plan import Observed
from voicehelper.agents.planning.readings import Reading, readings
from voicehelper.agents.planning.values import is_change, is_refused
from voicehelper.agents.planning.word_problems import annual_growth, growth
from voicehelper.text.question_terms import content_terms

_RELATIVE_YEAR: Final = 3000


@dataclass(frozen=True, slots=True)
class Growth:
    """From the earliest to the latest of the dated values; ``expression`` has them as plain numbers."""

    first: Reading
    last: Reading
    expression: str

    @property
    def years(self) -> tuple[int, int]:
        return _year(self.first), _year(self.last)


def growth_in(observed: Observed) -> Growth | None:
    """The first measure that has a value for each of two years or more; None where there is none."""
    if is_refused(observed) or observed.result is None:
        return None
    dated = [r for r in readings(observed.result.observation) if _is_dated(r)]
    groups = (*_grouped(dated, by_line=True), *_grouped(dated, by_line=False))
    return next((found for group in groups if (found := _growth(group))), None)


def _is_dated(reading: Reading) -> bool:
    """A measured value of a year; what it grew by is none."""
    amount = reading.amount
    is_value = bool(amount.unit or amount.scale) and not amount.is_percent and amount.number > 0
    return is_value and 0 < _year(reading) < _RELATIVE_YEAR and not is_change(reading.label)


def _year(reading: Reading) -> int:
    is_whole_year = reading.period is not None and not reading.period.order[1]
    return (reading.period.year or 0) if reading.period and is_whole_year else 0


def _grouped(dated: Sequence[Reading], *, by_line: bool) -> Iterable[list[Reading]]:
    """Those of one sentence, or of one label in several rows, in one unit."""
    groups: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in dated:
        groups[reading.line if by_line else _named(reading.label), reading.amount.unit].append(reading)
    return groups.values()


def _named(label: str) -> str:
    """What a label names, without its year."""
    for period in reversed(periods(label)):
        label = f"{label[: period.start]} {label[period.end :]}"
    return " ".join(content_terms(label)) or label


def _growth(group: Sequence[Reading]) -> Growth | None:
    in_time = sorted(group, key=_year)
    years = [_year(reading) for reading in in_time]
    if len(group) < 2 or len(set(years)) < len(years):
        return None
    first, last = in_time[0], in_time[-1]
    before, after = decimal_text(first.amount.number), decimal_text(last.amount.number)
    span = years[-1] - years[0]
    return Growth(first, last, growth(before, after) if span == 1 else annual_growth(before, after, str(span)))
