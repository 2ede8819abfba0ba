"""Numbers of lists in the formats that Word prints: letters, Roman, ordinal, Chinese, circled and so on.

Entry function: ``numeral``, called by ``docx_numbering``. Formats: ECMA-376-1, 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MAX_ROMAN = 3999
_MAX_LETTERS = 20  # "tttt…" for far larger numbers helps nobody
_ONES: list[str] = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen",
)
_TENS: list[str] = re.findall(r"\w+", "zero ten twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_DIGITS = "零一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_UNITS = {"十": "拾", "百": "佰", "千": "仟"}
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"


def numeral(value: int, number_format: str) -> str:
    """``number_format`` is a value of w:numFmt; unknown ones are decimal. "none" and bullets show nothing."""
    if number_format in ("none", "bullet"):
        return ""
    render = _FORMATS.get(number_format)
    return (render(value) if render else "") or str(value)


def custom_numeral(value: int, pattern: str) -> str:
    """``pattern`` is that of w:numFmt "custom", such as "001, 002, 003, ...": only its number of digits counts."""
    return f"{value:0{min(len(pattern.split(',')[0].strip()), 9)}d}"


def _roman(value: int) -> str:
    if not 0 < value <= _MAX_ROMAN:
        return ""
    text = ""
    for size, sign in _ROMAN:
        text += sign * (value // size)
        value %= size
    return text


def _letter(value: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """After "z" comes "aa", then "bb"."""
    times, at = divmod(value - 1, len(alphabet))
    return alphabet[at] * (times + 1) if 0 <= times < _MAX_LETTERS else ""


def _ordinal(value: int) -> str:
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _cardinal_words(value: int) -> str:
    if not 0 <= value < 100:
        return ""
    tens, ones = divmod(value, 10)
    words = _ONES[value] if value < 20 else _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    return words.capitalize()


def _ordinal_words(value: int) -> str:
    head, hyphen, last = _cardinal_words(value).lower().rpartition("-")
    if not last:
        return ""
    ordinal = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head}{hyphen}{ordinal}".capitalize()


def chinese(value: int) -> str:
    """十一, 二十, 一百零五."""
    if not 0 < value < 10_000:
        return ""
    text = ""
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // size % 10
        if digit:
            text += _DIGITS[digit] + unit
        elif text and value % size and not text.endswith("零"):
            text += "零"
    return text.removeprefix("一") if 10 <= value < 20 else text


def _legal(value: int) -> str:
    """As on cheques, 壹拾贰."""
    text = chinese(value)
    text = f"一{text}" if 10 <= value < 20 else text
    return "".join(_LEGAL_UNITS.get(sign, "") or _LEGAL_DIGITS[_DIGITS.index(sign)] for sign in text)


def _from(signs: str) -> Callable[[int], str]:
    """One sign a number, from 1; numbers beyond them are decimal, as in Word."""
    return lambda value: signs[value - 1] if 0 < value <= len(signs) else ""


def _digitwise(digits: str) -> Callable[[int], str]:
    return lambda value: "".join(digits[int(digit)] for digit in str(max(value, 0)))


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda value: f"{value:02d}",
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "lowerLetter": _letter,
    "upperLetter": lambda value: _letter(value).upper(),
    "ordinal": _ordinal,
    "cardinalText": _cardinal_words,
    "ordinalText": _ordinal_words,
    "hex": lambda value: f"{value:X}",
    "numberInDash": lambda value: f"- {value} -",
    "chicago": _from("*†‡§"),
    "russianLower": lambda value: _letter(value, _RUSSIAN),
    "russianUpper": lambda value: _letter(value, _RUSSIAN).upper(),
    "decimalFullWidth": _digitwise("０１２３４５６７８９"),
    "decimalFullWidth2": _digitwise("０１２３４５６７８９"),
    "decimalEnclosedCircle": _from("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedCircleChinese": _from("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedFullstop": _from("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "decimalEnclosedParen": _from("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "ideographEnclosedCircle": _from("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "ideographTraditional": _from("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from("子丑寅卯辰巳午未申酉戌亥"),
    "ideographDigital": _digitwise("〇一二三四五六七八九"),
    "taiwaneseDigital": _digitwise("○一二三四五六七八九"),
    "japaneseDigitalTenThousand": _digitwise("〇一二三四五六七八九"),
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "chineseLegalSimplified": _legal,
    "ganada": _from("가나다라마바사아자차카타파하"),
    "aiueoFullWidth": _from("アイウエオカキクケコサシスセソタチツテト"),
    "aiueo": _from("アイウエオカキクケコサシスセソタチツテト"),
    "iroha": _from("イロハニホヘトチリヌルヲ"),
}
