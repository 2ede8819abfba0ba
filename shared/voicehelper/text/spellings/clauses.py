"""Numbered parts of a document: "section 4", "§ 4", "第四条" and a line that begins with "4." are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from voicehelper.text.spellings.numerals import HAN, han_number
from voicehelper.text.spellings.spelling import Reader, Spelling, spelled

_NUMBER: Final = r"\d{1,3}(?:\.\d{1,3}){0,4}"
_WORDS: Final = (
    r"(?:section|clause|article|paragraph|chapter|point|item|step|rule|regulation|appendix|annex|part|"
    r"sec|art|para|cl|ch|abschnitt|artikel|kapitel|ziffer|schritt|absatz)"
)

_LINE_NUMBER: Final = re.compile(
    rf"^[ \t]*[(]?(?:\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}(?:[.)、][ \t]?| {{1,3}})(?=[^\W\d_])|[{HAN}]{{1,3}}[)、])",
    re.MULTILINE,
)


def _read_number(match: re.Match[str]) -> Spelling:
    return _clause(match, re.findall(_NUMBER, match.group())[0])


def line_numbers(text: str, begin: int, end: int) -> Iterator[Spelling]:
    """A number that opens a line names the line, and what is asked elsewhere by that number."""
    for match in _LINE_NUMBER.finditer(text, begin, end):
        number = re.findall(rf"{_NUMBER}|[{HAN}]+", match.group())[0]
        yield spelled(match, (_name(number if number[0].isdecimal() else str(han_number(number))),))


def _read_han(match: re.Match[str]) -> Spelling:
    return _clause(match, str(han_number(re.findall(rf"[\d{HAN}]+", match.group())[0])))


def _clause(match: re.Match[str], number: str) -> Spelling:
    name = _name(number)
    return spelled(match, (name,), (name,))


def _name(number: str) -> str:
    return f"§{number}"


PATTERNS: Final[dict[str, tuple[str, Reader]]] = {
    "clause": (
        rf"{_WORDS}\.? (?:no\.? |number )?{_NUMBER}(?![\d%]|\.\d|[a-z])|§+ ?{_NUMBER}(?!\d)|"
        rf"条款 ?{_NUMBER}(?!\d)|步骤 ?{_NUMBER}(?!\d)",
        _read_number,
    ),
    "han_clause": (rf"第 ?[\d{HAN}]{{1,6}} ?[条章节款项步点]", _read_han),
}
