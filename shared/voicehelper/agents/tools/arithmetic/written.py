"""Numbers as people write them: separators, scales, fractions, Chinese numerals; ``read_number`` is the entry.

``scan`` is the caller. What may be read in two ways is refused.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from voicehelper.agents.tools.arithmetic.cursor import HAN, Cursor
from voicehelper.agents.tools.arithmetic.numbers import MAX_EXPONENT, Number, divide, too_large
from voicehelper.agents.tools.arithmetic.vocabulary import (
    CHINESE_SCALES,
    CHINESE_UNITS,
    ENGLISH_SCALES,
    SHORT_SCALES,
    SUPERSCRIPTS,
)
from voicehelper.text.spellings.numerals import HAN_DIGITS, han_number

_PLAIN: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![\w.]))?")
_GROUPED: Final = (
    re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?"),
    re.compile(r"[0-9]{1,2}(?:,[0-9]{2}){1,8},[0-9]{3}(?![0-9])(?:\.[0-9]+)?"),  # lakh and crore
    re.compile(r"[0-9]{1,3}(?:['_ ][0-9]{3})+(?![0-9,])(?:\.[0-9]+)?"),
)
_EUROPEAN: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){1,8},[0-9]{1,2}(?![0-9])")
_OTHER_BASE: Final = re.compile("0[xXoObB][0-9]")
_WORD: Final = re.compile("[A-Za-z]+")
_FRACTION: Final = "分之"
_LARGE: Final = 10**4  # scales above which a number may go on: 1亿2000万


def begins_number(cursor: Cursor) -> bool:
    character = cursor.text[cursor.at : cursor.at + 1]
    return (bool(character) and character in "0123456789.") or _is_vulgar(character)


def read_number(cursor: Cursor, *, currency: str = "", inside_call: bool = False) -> Number:
    """The number at the cursor with its scale ("1.2 万", "$3M"), and moves behind it.

    ``inside_call``: a comma separates arguments and no thousands.
    """
    value = _scaled(cursor, currency, inside_call=inside_call)
    if not cursor.starts(_FRACTION):
        return value
    cursor.at += len(_FRACTION)
    return divide(_scaled(cursor, "", inside_call=inside_call), value)


def _scaled(cursor: Cursor, currency: str, *, inside_call: bool) -> Number:
    """ "1亿2000万" is a sum of parts, each smaller than the scale before; "1万2" may be 12,000 or 10,002."""
    total, scale = _part(cursor, currency, inside_call=inside_call)
    last = scale
    while last >= _LARGE and cursor.text[cursor.at : cursor.at + 1].isdecimal():
        start = cursor.at
        part, following = _part(cursor, currency, inside_call=inside_call)
        if part >= last or (following == 1 and cursor.at - start < len(str(last)) - 1):
            raise cursor.ambiguous()
        total, last = total + part, following
    if scale > 1 and cursor.text[cursor.at : cursor.at + 1].isdecimal():
        raise cursor.ambiguous()
    return int(total) if scale > 1 and total == int(total) else total


def _part(cursor: Cursor, currency: str, *, inside_call: bool) -> tuple[Number, int]:
    value, scale = _written(cursor, inside_call=inside_call), 1
    while factor := _scale(cursor, currency):
        scale *= factor
    if scale > 10**30:
        raise too_large()
    return value * scale, scale


def _scale(cursor: Cursor, currency: str) -> int:
    at = cursor.after_spaces(cursor.at)
    if cursor.text.startswith((*CHINESE_UNITS, "百分之", "千分之"), at):
        return 0
    if factor := CHINESE_SCALES.get(cursor.text[at : at + 1], 0):
        cursor.at = at + 1
        return factor
    match = _WORD.match(cursor.text, at)
    word = match[0] if match else ""
    is_short = word.lower() in SHORT_SCALES and (word.isupper() or bool(currency))
    factor = SHORT_SCALES[word.lower()] if is_short else ENGLISH_SCALES.get(word.lower(), 0)
    cursor.at = at + len(word) if factor else cursor.at
    return factor


def _written(cursor: Cursor, *, inside_call: bool) -> Number:
    if match := HAN.match(cursor.text, cursor.at):
        cursor.at = match.end()
        return _han(match[0])
    whole = 0 if _is_vulgar(cursor.text[cursor.at : cursor.at + 1]) else _digits(cursor, inside_call=inside_call)
    return whole + _vulgar(cursor) if _is_vulgar(cursor.text[cursor.at : cursor.at + 1]) else whole


def _is_vulgar(character: str) -> bool:
    """½, ¾, …"""
    return bool(character) and unicodedata.category(character) == "No" and character not in SUPERSCRIPTS


def _vulgar(cursor: Cursor) -> Decimal:
    if not (decomposed := unicodedata.decomposition(cursor.text[cursor.at])).startswith("<fraction>"):
        raise cursor.mistake()
    above, _, below = unicodedata.normalize("NFKC", cursor.text[cursor.at]).partition("\u2044")
    if not decomposed or not (above and below and int(below)):
        raise cursor.mistake()
    cursor.at += 1
    return Decimal(int(above)) / int(below)


def _digits(cursor: Cursor, *, inside_call: bool) -> Number:
    text, at = cursor.text, cursor.at
    if match := _EUROPEAN.match(text, at):
        cursor.at = match.end()
        return Decimal(match[0].replace(".", "").replace(",", "."))
    grouped = (pattern.match(text, at) for pattern in (_GROUPED[2:] if inside_call else _GROUPED))
    match = next(filter(None, grouped), None) or _PLAIN.match(text, at)
    if match is None:
        raise cursor.mistake()
    _require_unambiguous(cursor, match.end(), inside_call=inside_call)
    cursor.at = match.end()
    return _decimal(match[0].translate(str.maketrans("", "", ",'_ ")))


def _require_unambiguous(cursor: Cursor, end: int, *, inside_call: bool) -> None:
    """ "1,5" may be a decimal, "sum(1,200, 300)" three numbers or two; "0x10" and "1.2.3" are none."""
    text = cursor.text
    if text[end : end + 1] == "," and text[end + 1 : end + 2].isdecimal():
        rest = text[end:].partition(")")[0]
        has_group = text[end + 1 : end + 4].isdecimal() and not text[end + 4 : end + 5].isdecimal()
        if not inside_call or (has_group and (", " in rest or ";" in rest)):
            raise cursor.ambiguous()
    if text[end : end + 1] == "." or _OTHER_BASE.match(text, cursor.at):
        raise cursor.mistake()


def _decimal(text: str) -> Number:
    if text.isdecimal():
        return int(text)
    exponent = text.lower().partition("e")[2]
    if exponent and (len(exponent) > 6 or abs(int(exponent)) > MAX_EXPONENT):
        raise too_large()
    return Decimal(text)


def _han(text: str) -> Number:
    """ "三百二十" and "三点五"."""
    whole, _, places = text.partition("点")
    if not places:
        return han_number(whole)
    return Decimal(f"{han_number(whole)}.{''.join(str(HAN_DIGITS[character]) for character in places)}")
