"""Rules that put words in the place of what is written in figures and signs: ``rewritten``; both languages have a list.

All rules look at the written text alone, each at the part that none before it has taken, so that no rule reads what
another has said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from voicehelper.voice.spoken.units import CURRENCIES, UNITS

Match = re.Match[str]
NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
DASH: Final = r"\s?[-–—~～至]\s?"
MINUS: Final = r"(?:(?<![\w.)\]%℃°-])[-−–](?=\d))?"
UNIT: Final = "|".join(re.escape(symbol) for symbol in sorted(UNITS, key=len, reverse=True))
SIGN: Final = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
# What ends a unit or a number: no letter, and no digit, follows.
END: Final = r"(?![A-Za-z0-9²³])"


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    say: Callable[[Match], str]


def rule(pattern: str, say: Callable[[Match], str], flags: int = 0) -> Rule:
    return Rule(re.compile(pattern, flags), say)


def rewritten(text: str, rules: Sequence[Rule]) -> str:
    """Of matches that begin at the same place the first rule's counts, of others the one that begins first."""
    said: list[str] = []
    at = 0
    upcoming = [found.pattern.search(text) for found in rules]
    while True:
        for number, match in enumerate(upcoming):
            if match and match.start() < at:
                upcoming[number] = rules[number].pattern.search(text, at)
        starts = [(match.start(), number) for number, match in enumerate(upcoming) if match]
        if not starts:
            return "".join(said) + text[at:]
        start, number = min(starts)
        found = upcoming[number]
        assert found is not None
        said += [text[at:start], rules[number].say(found)]
        at = found.end()


def plain_digits(number: str) -> str:
    """Without separators of thousands."""
    return number.replace(",", "")


def is_negative(number: str) -> bool:
    return number[:1] in "-−–" and number != ""


def is_date(year: str, month: str, day: str) -> bool:
    return 1000 <= int(year) <= 2999 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31
