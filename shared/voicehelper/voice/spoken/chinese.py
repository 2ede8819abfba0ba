"""Figures and signs as Chinese says them: ``RULES``."""

from __future__ import annotations

from typing import Final

from voicehelper.voice.spoken.codes import code, dotted
from voicehelper.voice.spoken.numbers import chinese, chinese_whole, digits_in
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

# Words that count things, before which two is 两: 两个, but 二月 and 第二.
_COUNTED: Final = (
    "个|天|年(?!级)|周|次|台|种|位|名|人|只|条|张|件|家|小时|分钟|秒|倍|份|项|套|部|支|轮|杯|瓶|本|页|千|万|亿|米|公里|吨|升|"
    "元|美元|欧元|块|班|组|批|辆|把|根|间|层|步|款|阶段|季度|工作日|公斤|千克|平方米|厘米|毫米|毫升"
)
_SCALE: Final = r"(?:\s?[万亿千百]+)?"
_SIGNS: Final = {
    "&": "和", "±": "正负", "×": "乘", "÷": "除以", "=": "等于", "≥": "大于等于", "≤": "小于等于", ">": "大于",
    "<": "小于", "≈": "约等于", "→": "到", "≠": "不等于", "+": "加", "‰": "千分之", "§": "第", "%": "百分之",
}  # fmt: skip


def _amount(number: str, *, counts: bool = False) -> str:
    minus = "负" if is_negative(number) else ""
    digits = plain_digits(number.lstrip("-−–"))
    return minus + ("两" if counts and digits == "2" else chinese(digits))


def _percent(number: str) -> str:
    minus = "负" if is_negative(number) else ""
    return f"{minus}百分之{chinese(plain_digits(number.lstrip('-−–')))}"


def _date(found: Match) -> str:
    year, month, day = found["year"], found["month"], found["day"]
    if not is_date(year, month, day):
        return digits_in(found[0], "zh")
    return f"{digits_in(year, 'zh')}年{chinese_whole(int(month))}月{chinese_whole(int(day))}日"


def _time(found: Match) -> str:
    hour, minute = int(found["hour"]), int(found["minute"])
    said = f"{_hour(hour)}点"
    if not minute:
        return said + ("整" if found["second"] is None else "")
    return f"{said}{'零' if minute < 10 else ''}{chinese_whole(minute)}分"


def _hour(hour: int) -> str:
    return "两" if hour == 2 else chinese_whole(hour)


def _money(found: Match) -> str:
    currency = CURRENCIES[found["sign"] or found["code"]]
    number, scale = plain_digits(found["sum"] or found["amount"]), (found["scale"] or "").strip()
    whole, _, fraction = number.partition(".")
    fraction = fraction.rstrip("0")
    name = "" if found["named"] is not None else currency.zh
    return _amount(f"{whole}.{fraction}" if fraction else whole, counts=True) + scale + name


def _range(found: Match) -> str:
    low, high, what = found["low"], found["high"], found["what"] or ""
    if what == "%" or found["percent"]:
        return f"{_percent(low)}到{_percent(high)}"
    unit = UNITS[what].zh if what else ""
    counts = bool(unit) or found["counted"] is not None
    return f"{_amount(low, counts=counts)}到{_amount(high, counts=counts)}{unit}"


def _measure(found: Match) -> str:
    number, what = found["number"], found["what"]
    return _percent(number) if what == "%" else f"{_amount(number, counts=True)}{UNITS[what].zh}"


def _number(found: Match) -> str:
    text = found[0]
    if len(text) > 1 and text.startswith("0") and not text.startswith("0."):
        return digits_in(text, "zh")
    if len(text) > 6 and text.isdigit():  # a number of an order, an account or a telephone
        return digits_in(text, "zh", phone=len(text) in (7, 8, 10, 11, 12))
    return _amount(text)


def _fraction(found: Match) -> str:
    return f"{chinese(found[2])}分之{chinese(found[1])}"


RULES: Final[tuple[Rule, ...]] = (
    rule(r"(?<!\d)(?P<year>[12]\d{3})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)", _date),
    rule(
        rf"(?<!\d)(\d{{4}}){DASH}(\d{{4}})(?=\s?年)",
        lambda found: f"{digits_in(found[1], 'zh')}到{digits_in(found[2], 'zh')}",
    ),
    rule(r"(?<!\d)[12]\d{3}(?=\s?年(?!以|多|之))", lambda found: digits_in(found[0], "zh")),
    rule(r"(?<![\d:：])(?P<hour>[01]?\d|2[0-3])[:：](?P<minute>[0-5]\d)(?:[:：](?P<second>[0-5]\d))?(?!\d)", _time),
    rule(
        r"(?<!\d)(\+\d{1,3}[ -]?)?(\(?\d{2,4}\)?[ -])\d{3,4}[ -]?\d{4}(?!\d)",
        lambda found: digits_in(found[0], "zh", phone=True),
    ),
    rule(r"(?<![A-Za-z0-9.])\d+(?:\.\d+){2,}(?![\w.]*[A-Za-z0-9])", lambda found: dotted(found[0], "zh")),
    rule(
        rf"(?P<sign>{SIGN})\s?(?P<sum>{NUMBER})(?P<scale>{_SCALE})(?P<named>(?=\s?(?:美元|欧元|英镑|元)))?"
        rf"|(?<![A-Za-z0-9.])(?P<amount>{NUMBER})\s?(?P<code>{SIGN})(?![A-Za-z])",
        _money,
    ),
    rule(
        rf"(?<![A-Za-z0-9.])(?P<low>{NUMBER})(?P<percent>%)?{DASH}(?P<high>{NUMBER})\s?(?P<what>%|(?:{UNIT}){END})?"
        rf"(?P<counted>(?=\s?(?:{_COUNTED})))?(?![A-Za-z0-9])",
        _range,
    ),
    rule(rf"(?<![A-Za-z0-9.])(?P<number>{MINUS}{NUMBER})\s?(?P<what>%|(?:{UNIT}){END})", _measure),
    rule(rf"(?<![A-Za-z0-9.第])2(?=\s?(?:{_COUNTED}))", lambda _: "两"),
    rule(r"(?<![A-Za-z0-9])[vV](?=\d+(?:\.\d+)+)", lambda _: "版本"),
    rule(r"(?<![A-Za-z0-9])(\d{1,4})[x×](?![A-Za-z0-9])", lambda found: f"{chinese(found[1])}倍"),
    rule(r"(?<![A-Za-z0-9/])(\d{1,3})/(\d{1,3})(?![A-Za-z0-9/])", _fraction),
    rule(
        r"(?<![A-Za-z0-9])(?=[A-Za-z0-9/-]*\d)(?=[A-Za-z0-9/-]*[A-Za-z])[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*(?![A-Za-z0-9])",
        lambda found: code(found[0], "zh"),
    ),
    rule(rf"(?:(?:\bNo\.|#|№)\s?)(?={NUMBER})", lambda _: ""),
    rule(rf"{MINUS}(?<![A-Za-z_]){NUMBER}", _number),
    rule(r"\d+", lambda found: digits_in(found[0], "zh")),
    rule(r"[&±×÷=≥≤<>≈→≠+‰§%]+", lambda found: _SIGNS.get(found[0][0], "")),
    rule(r"(?<=[A-Z])/(?=[A-Z])", lambda _: " "),
    rule(r"(?<=\w)/(?=\w)", lambda _: "或"),
    rule(r"[|\\^~<>{}\[\]@#$€£¥￥°]+", lambda _: " "),
)
