"""Reads spreadsheet formulas into trees: "SUM(B2:B9)*Rates!$C$1" without evaluating anything.

Entry function: ``parsed_formula``, called by ``formulas``. Syntax: ECMA-376-1, 18.17; names, array constants and
structured references are outside of it and raise ``NotComputedError``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_MAX_LENGTH = 8192  # as in Excel
_MAX_DEPTH = 64  # levels of brackets and calls, as in Excel
_MAX_ROW = 1_048_576
_TOKEN = re.compile(
    r"\s{0,9}(?:(?P<number>(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:[eE][+-]?\d{1,3})?)(?![\w!])"
    r'|(?P<text>"(?:[^"]|""){0,255}")'
    r"|(?P<ref>(?:(?P<sheet>'(?:[^']|''){1,31}'|[\w.]{1,31})!)?"
    r"(?:(?P<start>\$?[A-Za-z]{1,3}\$?\d{1,7})(?::(?P<end>\$?[A-Za-z]{1,3}\$?\d{1,7}))?"
    r"|(?P<columns>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3})))(?![\w(.!])"
    r"|(?P<call>(?:_xlfn\.)?[A-Za-z][A-Za-z0-9.]{0,40})\("
    r"|(?P<word>TRUE|FALSE)\b(?!\()"
    r"|(?P<sign><=|>=|<>|[-+*/^&=<>%(),;]))",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})")
_LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))


class NotComputedError(Exception):
    """The formula uses what this evaluator does not know, or more work than it may do."""


class Corner(NamedTuple):
    """Row from 1 and column from 0; one that is not fixed moves along where a formula is shared between cells."""

    row: int
    column: int
    is_row_fixed: bool
    is_column_fixed: bool


@dataclass(frozen=True, slots=True)
class Constant:
    value: float | str | bool


@dataclass(frozen=True, slots=True)
class Reference:
    """``sheet`` is None for the formula's own; ``end`` is None for a single cell."""

    sheet: str | None
    start: Corner
    end: Corner | None


@dataclass(frozen=True, slots=True)
class Call:
    """A function, or an operator under its sign; "neg" and "%" take one argument, an omitted one is None."""

    name: str
    arguments: tuple[Node | None, ...]


Node = Constant | Reference | Call


@lru_cache(maxsize=2048)
def parsed_formula(text: str) -> Node:
    """``text`` has no leading "="."""
    if len(text) > _MAX_LENGTH:
        raise NotComputedError("long formula")
    reader = _Reader(_tokens(text))
    node = reader.expression(0, 0)
    if reader.position < len(reader.tokens):
        raise NotComputedError("unknown syntax")
    return node


@lru_cache(maxsize=16_384)
def column_index(letters: str) -> int:
    """A is 0."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _tokens(text: str) -> list[re.Match[str]]:
    tokens, position, text = [], 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise NotComputedError("unknown syntax")
        tokens.append(match)
        position = match.end()
    return tokens


@dataclass(slots=True)
class _Reader:
    tokens: list[re.Match[str]]
    position: int = 0

    def expression(self, level: int, depth: int) -> Node:
        """Operators of ``level`` and those that bind closer, from left to right."""
        if depth > _MAX_DEPTH:
            raise NotComputedError("deep formula")
        if level == len(_LEVELS):
            return self._operand(depth)
        node = self.expression(level + 1, depth)
        while (sign := self._sign()) in _LEVELS[level]:
            self.position += 1
            node = Call(str(sign), (node, self.expression(level + 1, depth)))
        return node

    def _sign(self) -> str | None:
        return self.tokens[self.position]["sign"] if self.position < len(self.tokens) else None

    def _take(self) -> re.Match[str]:
        if self.position >= len(self.tokens):
            raise NotComputedError("unfinished formula")
        self.position += 1
        return self.tokens[self.position - 1]

    def _operand(self, depth: int) -> Node:
        token = self._take()
        if token["sign"] in ("-", "+"):
            inner = self._operand(depth + 1) if depth < _MAX_DEPTH else self.expression(0, depth + 1)
            return Call("neg", (inner,)) if token["sign"] == "-" else inner
        node = self._atom(token, depth)
        while self._sign() == "%":
            self.position += 1
            node = Call("%", (node,))
        return node

    def _atom(self, token: re.Match[str], depth: int) -> Node:
        if token["number"]:
            return Constant(float(token["number"]))
        if token["text"]:
            return Constant(token["text"][1:-1].replace('""', '"'))
        if token["word"]:
            return Constant(token["word"].upper() == "TRUE")
        if token["ref"]:
            return _reference(token)
        if token["call"]:
            return Call(token["call"].upper().removeprefix("_XLFN."), tuple(self._arguments(depth + 1)))
        if token["sign"] != "(":
            raise NotComputedError("unknown syntax")
        node = self.expression(0, depth + 1)
        if self._take()["sign"] != ")":
            raise NotComputedError("unknown syntax")
        return node

    def _arguments(self, depth: int) -> list[Node | None]:
        arguments: list[Node | None] = []
        if self._sign() == ")":
            self.position += 1
            return arguments
        while True:
            arguments.append(None if self._sign() in (",", ")") else self.expression(0, depth))
            sign = self._take()["sign"]
            if sign == ")":
                return arguments
            if sign != ",":
                raise NotComputedError("unknown syntax")


def _reference(token: re.Match[str]) -> Reference:
    sheet = token["sheet"]
    if sheet and sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    if token["columns"]:
        first, last = (part.replace("$", "") for part in token["columns"].split(":"))
        top, bottom = Corner(1, column_index(first), True, False), Corner(_MAX_ROW, column_index(last), True, False)
        return Reference(sheet, top, bottom)
    return Reference(sheet, _corner(token["start"]), _corner(token["end"]) if token["end"] else None)


def _corner(text: str) -> Corner:
    match = _PLACE.fullmatch(text)
    if match is None:
        raise NotComputedError("unknown reference")
    return Corner(int(match[4]), column_index(match[2]), bool(match[3]), bool(match[1]))
