"""Figures and signs as English says them: ``RULES``."""

from __future__ import annotations

import re
from typing import Final

from voicehelper.voice.spoken.codes import code, dotted
from voicehelper.voice.spoken.numbers import digits_in, english, english_whole, english_year, ordinal
from voicehelper.voice.spoken.rules import (
    DASH,
    END,
    MINUS,
    NUMBER,
    SIGN,
    UNIT,
    Match,
    Rule,
    is_date,
    is_negative,
    plain_digits,
    rule,
)
from voicehelper.voice.spoken.units import CURRENCIES, UNITS

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
_MONTH: Final = "|".join(f"{name}|{name[:3]}\\.?" for name in _MONTHS)
_SCALE: Final = r"(?:\s?(thousand|million|billion|trillion|bn|k|m|K|M|B)\b)?"
_SCALES: Final = {"bn": "billion", "k": "thousand", "K": "thousand", "m": "million", "M": "million", "B": "billion"}
_HALVES: Final = {"1/2": "one half", "1/4": "one quarter", "3/4": "three quarters", "24/7": "twenty-four seven"}
_SIGNS: Final = {
    "&": "and", "±": "plus or minus", "×": "times", "÷": "divided by", "=": "equals", "≥": "at least", "≤": "at most",
    ">": "more than", "<": "less than", "≈": "about", "→": "to", "≠": "is not", "+": "plus", "‰": "per mille",
    "§": "section", "%": "percent",
}  # fmt: skip


def _amount(number: str) -> str:
    minus = "minus " if is_negative(number) else ""
    return minus + english(plain_digits(number.lstrip("-−–")))


def _year(text: str) -> str:
    return english_year(int(text))


def _date(found: Match) -> str:
    year, month, day = found["year"], found["month"], found["day"]
    if not is_date(year, month, day):
        return digits_in(found[0], "en")
    return f"{_MONTHS[int(month) - 1]} {ordinal(int(day))}, {_year(year)}"


def _month(text: str) -> str:
    return next(name for name in _MONTHS if name.startswith(text.rstrip(".")))


def _named_date(found: Match) -> str:
    year = f", {_year(found['year'])}" if found["year"] else ""
    return f"{_month(found['month'])} {ordinal(int(found['day']))}{year}"


def _month_of_year(found: Match) -> str:
    return f"{_month(found[1])} {_year(found[2])}"


def _time(found: Match) -> str:
    hour, minute = int(found["hour"]), int(found["minute"])
    if not minute:
        said = english_whole(hour) + ("" if found["half"] else " o'clock")
    else:
        said = f"{english_whole(hour)} {'oh ' if minute < 10 else ''}{english_whole(minute)}"
    return said + (f" {found['half'][0].lower()} m" if found["half"] else "")


def _money(found: Match) -> str:
    currency = CURRENCIES[found["sign"] or found["code"]]
    number, scale = plain_digits(found["sum"] or found["amount"]), found["scale"] if found["sign"] else None
    if scale:
        return f"{english(number)} {_SCALES.get(scale, scale)} {currency.many}"
    whole, _, fraction = number.partition(".")
    if currency.cent and len(fraction) == 2 and len(whole) < 13:
        return _with_cents(int(whole), int(fraction), currency.one, currency.many)
    return f"{english(number)} {currency.one if number == '1' else currency.many}"


def _with_cents(whole: int, cents: int, one: str, many: str) -> str:
    said = f"{english_whole(whole)} {one if whole == 1 else many}"
    return said + (f" and {english_whole(cents)} {'cent' if cents == 1 else 'cents'}" if cents else "")


def _range(found: Match) -> str:
    low, high, what = found["low"], found["high"], found["what"]
    if not what and _is_year(low) and _is_year(high):
        return f"{_year(low)} to {_year(high)}"
    return f"{_amount(low)} to {_amount(high)}" + _what(what, high)


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdigit() and 1900 <= int(number) <= 2099


def _what(what: str | None, number: str) -> str:
    if not what:
        return ""
    if what == "%":
        return " percent"
    unit = UNITS[what]
    return f" {unit.one if number in ('1', '-1') else unit.many}"


def _measure(found: Match) -> str:
    return _amount(found["number"]) + _what(found["what"], found["number"])


def _number(found: Match) -> str:
    text = found[0]
    if _is_year(text):
        return _year(text)
    if len(text) > 1 and text.startswith("0") and not text.startswith("0."):
        return digits_in(text, "en")
    if len(text) > 6 and text.isdigit():  # a number of an order, an account or a telephone
        return digits_in(text, "en")
    return _amount(text)


def _fraction(found: Match) -> str:
    above, below = int(found[1]), int(found[2])
    if found[0] in _HALVES:
        return _HALVES[found[0]]
    if 0 < above < below <= 20:
        return f"{english_whole(above)} {ordinal(below)}{'s' if above > 1 else ''}"
    return f"{english_whole(above)} over {english_whole(below)}"


RULES: Final[tuple[Rule, ...]] = (
    rule(r"(?<!\d)(?P<year>[12]\d{3})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)", _date),
    rule(
        rf"\b(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>[12]\d{{3}}))?(?!\d|[.:]\d)",
        _named_date,
    ),
    rule(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH})(?:,? (?P<year>[12]\d{{3}}))?(?![\w])", _named_date
    ),
    rule(rf"\b({_MONTH}) ([12]\d{{3}})(?!\d)", _month_of_year),
    rule(
        r"(?<![\d:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d)\s?(?P<half>[ap]\.?m\.?(?![a-z]))?",
        _time,
        re.IGNORECASE,
    ),
    rule(r"(?<!\d)(\+\d{1,3}[ -]?)?(\(?\d{2,4}\)?[ -])\d{3,4}[ -]\d{4}(?!\d)", lambda found: digits_in(found[0], "en")),
    rule(r"(?<![\w.])\d+(?:\.\d+){2,}(?![\w.]*\w)", lambda found: dotted(found[0], "en")),
    rule(
        rf"(?P<sign>{SIGN})\s?(?P<sum>{NUMBER})(?P<scaled>{_SCALE.replace('(thousand', '(?P<scale>thousand')})"
        rf"|(?<![\w.])(?P<amount>{NUMBER})\s?(?P<code>{SIGN})(?![A-Za-z])",
        _money,
    ),
    rule(rf"(?<![\w.])(?P<low>{NUMBER})%?{DASH}(?P<high>{NUMBER})\s?(?P<what>%|(?:{UNIT}){END})?(?![\w])", _range),
    rule(rf"(?<![\w.])(?P<number>{MINUS}{NUMBER})\s?(?P<what>%|(?:{UNIT}){END})", _measure),
    rule(r"(?<![\w/.])(\d{1,3})/(\d{1,3})(?![\w/]|\.\d)", _fraction),
    rule(r"\bv(\d+(?:\.\d+)*)(?![\w.]*\w)", lambda found: f"version {dotted(found[1], 'en')}"),
    rule(r"\b(\d{1,4})x\b", lambda found: f"{english(found[1])} times"),
    rule(r"(?<![\w.])(\d{1,5})(?:st|nd|rd|th)\b", lambda found: ordinal(int(found[1]))),
    rule(
        r"(?<![A-Za-z0-9])(?=[A-Za-z0-9/-]*\d)(?=[A-Za-z0-9/-]*[A-Za-z])[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*(?![A-Za-z0-9])",
        lambda found: code(found[0], "en"),
    ),
    rule(rf"(?:(?:\bNo\.|#|№)\s?)(?={NUMBER})", lambda _: "number "),
    rule(rf"{MINUS}(?<![A-Za-z_]){NUMBER}", _number),
    rule(r"\d+", lambda found: digits_in(found[0], "en")),
    rule(r"[&±×÷=≥≤<>≈→≠+‰§%]+", lambda found: f" {_SIGNS.get(found[0][0], '')} "),
    rule(r"\band/or\b", lambda _: "and or"),
    rule(r"(?<=[A-Z])/(?=[A-Z])", lambda _: " "),
    rule(r"(?<=\w)/(?=\w)", lambda _: " or "),
    rule(r"[|\\^~<>{}\[\]@#$€£¥￥°]+", lambda _: " "),
)
