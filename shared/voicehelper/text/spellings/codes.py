"""Codes of products, parts, versions and rooms, and telephone numbers, whatever separates their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from voicehelper.text.spellings.spelling import Reader, Spelling, spelled

TELEPHONE_DIGITS: Final = 7  # the last ones: "+49 30 5551234", "030/5551234" and "555 1234" are told apart by no more
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz. "
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
_SHORT_TEXT: Final = """
    a an and are as at be but by can did do due for had has he her him his how i if in is it its me my of on or our
    she so the to us was we who why you no nr per max min all any new old not may up
"""
_SHORT_WORDS: Final = "|".join(_SHORT_TEXT.split())
_LONGEST: Final = 40
_WORDS: Final = re.compile(
    r"\d{1,9}[-_/](?:\d{1,4}|[a-z]{3,20})|\d{1,9}[-_/]\d{1,9}[-_/]\d{1,3}"
)  # "24/7", "3-5", "24-hour"
_GLUED: Final = re.compile(r"([a-z]{1,6})(\d+[a-z]{0,3})")
_WITH_LETTERS: Final = r"[a-z]{2,12}[-_/]?\d{3,12}"
_SEVERAL: Final = re.compile(rf"{_WITH_LETTERS}(?:[-_/]{_WITH_LETTERS})+")  # "rpt-2024-pat-3847"
_ONE_OF_SEVERAL: Final = re.compile(_WITH_LETTERS)


def _read_phone(match: re.Match[str]) -> Spelling | None:
    digits = re.sub(r"\D", "", match.group())
    if not TELEPHONE_DIGITS <= len(digits) <= 15:
        return None
    last = digits[-TELEPHONE_DIGITS:]
    return spelled(match, tuple(dict.fromkeys((last, digits))), (last,))


def _read_version(match: re.Match[str]) -> Spelling:
    number = match.group().lstrip(_LETTERS)
    return spelled(match, (number,), (number,))


def _read_dotted(match: re.Match[str]) -> Spelling:
    return spelled(match, (match.group(),), (match.group(),))


def _read_code(match: re.Match[str]) -> Spelling | None:
    """Letters and digits with something between them, or glued together; those parts are terms as well, and so are the
    codes of which one is made.
    """
    text = match.group()
    name = _SEPARATORS.sub("", text)
    if _WORDS.fullmatch(text) or not any(map(str.isdecimal, name)) or len(name) > _LONGEST:
        return None
    if name.isdecimal() and len(name) >= TELEPHONE_DIGITS:
        return _read_phone(match)
    glued = _GLUED.fullmatch(text)
    parts = glued.groups() if glued else tuple(_codes_within(text))
    return spelled(match, (name, *parts), (name,))


def _codes_within(text: str) -> Iterator[str]:
    """A report of patient PAT-3847 is RPT-2024-PAT-3847; a number at the end alone makes another code: "X-200-15"."""
    if _SEVERAL.fullmatch(text):
        yield from (_SEPARATORS.sub("", code) for code in _ONE_OF_SEVERAL.findall(text))


def spaced_codes(text: str, begin: int, end: int) -> Iterator[Spelling]:
    """ "KL 220" is found by "KL220" and asked for by its words: "see 220" looks alike."""
    for match in _SPACED.finditer(text, begin, end):
        before = max(0, match.start() - _HEAD_CHARS)
        if head := _HEAD.search(text[before : match.start()]):
            yield Spelling(before + head.start(), match.end(), (head[0] + match[1],))


PATTERNS: Final[dict[str, tuple[str, Reader]]] = {
    "version": (r"(?:v|ver|version|r|release|rev)\.? ?\d+(?:\.\d+)+(?![.\d]*[a-z])", _read_version),
    "dotted": (r"(?!\d{1,3}(?:\.\d{3})+(?!\.?\d))\d{1,6}(?:\.\d{1,6}){2,9}(?![a-z0-9]|\.\d)", _read_dotted),
    "phone": (
        r"(?:\+|\(\+?|0(?=[\d ()/.-]{6}))\d{1,5}\)?(?:[ ()/.-]{0,2}\d{1,12}){1,6}(?![a-z\d]|[-/.]\d)",
        _read_phone,
    ),
    "code": (
        r"(?=[a-z]*[-_/]?[0-9]|[0-9]+[a-z]|[0-9]+[-_/][a-z0-9]|[a-z]{1,6}[-_/][a-z]{1,6}[-_/]?\d)"
        r"[a-z0-9]+(?:[-_/][a-z0-9]+)+(?![a-z0-9])|[a-z]{1,6}\d+[a-z]{0,3}(?![a-z0-9]|[.,:]\d)",
        _read_code,
    ),
}
# From the digits backwards, because a search for a space and a digit is much cheaper than one for a word: the letters,
# three at most, and what stands before them.
_SPACED: Final = re.compile(r" (\d{1,6}[a-z]{0,2})(?![a-z0-9]|[-/.,:]\d)")
_HEAD_CHARS: Final = 4
_HEAD: Final = re.compile(rf"\b(?!(?:{_SHORT_WORDS})$)[a-z]{{1,3}}$")
