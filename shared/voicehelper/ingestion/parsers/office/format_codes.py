"""Divides number format codes of spreadsheets into sections and tokens: "#,##0.00 [$€-407];[Red]-0" and the like.

Entry function: ``sections``, called by ``number_formats``. Source: ECMA-376-1, 18.8.31 (numFmts).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["general", "date", "fraction", "number", "text"]
_MAX_CODE_LENGTH = 255  # as in Excel
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|\\(?P<escaped>.)"
    r"|_(?P<width>.)|\*(?P<fill>.)"
    r"|\[(?P<bracket>[^\[\]]*)\]"
    r"|(?P<general>General|G/通用格式)"
    r"|(?P<half_day>AM/PM|A/P|上午/下午)"
    r"|(?P<exponent>E[+-])"
    r"|(?P<digit>[0#?])"
    r"|(?P<date>y+|m+|d+|h+|s+|a{3,4}|b{2,4}|e+|g+)"
    r"|(?P<sign>[.,%/@])"
    r"|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d{1,15}(?:\.\d{1,15})?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip


class Token(NamedTuple):
    """``kind`` is literal, digit, date, elapsed, system, half_day, exponent, general or one of the signs . , % / @"""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """``matches`` is the section's own condition, as in "[>=1000]0.0,k"; None without one."""

    tokens: tuple[Token, ...]
    kind: Kind
    matches: Callable[[float], bool] | None = None
    is_chinese: bool = False


@lru_cache(maxsize=4096)
def sections(code: str) -> tuple[Section, ...]:
    """One to four of them: positive or all numbers, negative numbers, zero, text."""
    return tuple(_section(part) for part in _parts(code[:_MAX_CODE_LENGTH]))[:4]


def _parts(code: str) -> list[list[re.Match[str]]]:
    parts: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(code):
        if match[0] == ";":
            parts.append([])
        else:
            parts[-1].append(match)
    return parts


def _section(matches: list[re.Match[str]]) -> Section:
    brackets = [match["bracket"] for match in matches if match["bracket"] is not None]
    conditions = [found for text in brackets if (found := _CONDITION.fullmatch(text.strip()))]
    tokens = tuple(token for match in matches if (token := _token(match)) is not None)
    condition = _condition(conditions[0]) if conditions else None
    return Section(tokens, _kind(tokens), condition, any(text.lower().endswith("804") for text in brackets))


def _condition(match: re.Match[str]) -> Callable[[float], bool]:
    compare, limit = _COMPARE[match[1]], float(match[2])
    return lambda value: compare(value, limit)


def _token(match: re.Match[str]) -> Token | None:
    kind = match.lastgroup or "literal"
    text = match[kind]
    if kind in ("quoted", "escaped", "literal"):
        return Token("literal", text)
    if kind == "width":
        return Token("literal", " ")  # a gap as wide as the character
    if kind == "fill":
        return None  # repeats a character as far as the column is wide
    if kind == "bracket":
        return _bracket(text)
    return Token(text if kind == "sign" else kind, text)


def _bracket(text: str) -> Token | None:
    """[h] counts hours beyond a day, [$€-407] is a currency; colours, conditions and languages show nothing."""
    if _ELAPSED.fullmatch(text):
        return Token("elapsed", text.lower())
    if text.startswith("$-F8"):
        return Token("system", "date")
    if text.startswith("$"):
        return Token("literal", text[1:].split("-")[0])
    return None


def _kind(tokens: tuple[Token, ...]) -> Kind:
    kinds = {token.kind for token in tokens}
    if kinds & {"date", "elapsed", "half_day", "system"} and not _has_placeholders(tokens):
        return "date"
    if "general" in kinds:
        return "general"
    if "@" in kinds:
        return "text"
    return "fraction" if "/" in kinds and "digit" in kinds else "number"


def _has_placeholders(tokens: tuple[Token, ...]) -> bool:
    """Digits other than those of split seconds, ss.00: beside them letters are a unit without quotes, as in "0 kg"."""
    first = next((at for at, token in enumerate(tokens) if token.kind == "digit"), None)
    if first is None:
        return False
    before = [token.text.lower()[:1] for token in tokens[max(first - 2, 0) : first]]
    return before != ["s", "."]
