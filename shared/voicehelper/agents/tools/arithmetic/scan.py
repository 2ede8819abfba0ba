"""A calculation as people write it → tokens: numbers with what their unit and scale make of them, signs, functions.

``scan`` is the entry; ``evaluate`` is the caller. One pass over at most some hundred characters.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from voicehelper.agents.tools.arithmetic.cursor import HAN, Cursor
from voicehelper.agents.tools.arithmetic.numbers import Number
from voicehelper.agents.tools.arithmetic.vocabulary import (
    ASKING,
    CHINESE_OPERATORS,
    CURRENCIES,
    ENDINGS,
    ENGLISH_OPERATORS,
    FACTOR_UNITS,
    PERCENT_WORDS,
    POWER_WORDS,
    PREFIX_WORDS,
    SUPERSCRIPTS,
    UNITS,
)
from voicehelper.agents.tools.arithmetic.written import begins_number, read_number

Kind = Literal["number", "operator", "percent", "function", "open", "close", "comma", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """``value`` of a number has its scale in it; of a percent sign it is what the number before is divided by."""

    kind: Kind
    text: str = ""
    value: Number = 0
    unit: str = ""  # a name of ``UNITS``; empty for units that are not kept apart


_SIGNS: Final = str.maketrans(
    {"×": "*", "✕": "*", "✖": "*", "⋅": "·", "∙": "·", "∗": "*", "•": "·", "÷": "/", "∕": "/", "⁄": "/",
     "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "、": ",", "[": "(", "]": ")", "【": "(", "】": ")",
     "{": "(", "}": ")", "’": "'", "π": "pi", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "\n": " "}
)  # fmt: skip
_OPERATORS: Final = {"**": "**", "//": "//", "+": "+", "-": "-", "*": "*", "·": "*", "/": "/", "^": "**", "√": "√"}
_PI: Final = Decimal("3.14159265358979323846264338327950288420")


def scan(text: str) -> list[Token]:
    """ToolError CALCULATION_NOT_ARITHMETIC with the place, or CALCULATION_AMBIGUOUS, for what is no calculation."""
    scanner = _Scanner(Cursor(_stripped(_folded(text))))
    while scanner.cursor.at < len(scanner.cursor.text):
        scanner.step()
    return [*scanner.tokens, Token("end")]


def _folded(text: str) -> str:
    """Full-width forms as ASCII; superscripts and fractions stay, which NFKC would make digits of."""
    kept = (c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c) for c in text)
    return "".join(kept).translate(_SIGNS)


def _stripped(text: str) -> str:
    """Without the words of a question around the calculation."""
    text = text.strip().lstrip("= ").rstrip("?。=≈: ")
    ending = next((word for word in ENDINGS if text.lower().endswith(word)), "")
    asking = next((word for word in ASKING if text.lower().startswith(word)), "")
    return text[len(asking) : len(text) - len(ending)].strip(" =:,") if asking or ending else text


class _Scanner:
    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.tokens: list[Token] = []
        self._calls: list[bool] = []  # of each open parenthesis, whether it is a function's

    def step(self) -> None:
        cursor = self.cursor
        character = cursor.text[cursor.at]
        if character == " ":
            cursor.at += 1
        elif begins_number(cursor):
            self._number()
        elif not (self._sign(character) or self._word()):
            raise cursor.mistake()

    def _add(self, kind: Kind, text: str, length: int, value: Number = 0) -> None:
        """A token of so many characters."""
        self.tokens.append(Token(kind, text, value))
        self.cursor.at += length

    @property
    def _after_operand(self) -> bool:
        return bool(self.tokens) and self.tokens[-1].kind in ("number", "close", "percent")

    # Signs

    def _sign(self, character: str) -> bool:
        if operator := next((sign for sign in _OPERATORS if self.cursor.starts(sign)), ""):
            self._add("operator", _OPERATORS[operator], len(operator))
        elif character in "(),;":
            self._bracket(character)
        elif character in "%‰":
            self._percent(character)
        elif character in SUPERSCRIPTS and self._after_operand:
            self._raise_to(SUPERSCRIPTS[character], 1)
        else:
            return False
        return True

    def _bracket(self, character: str) -> None:
        if character == "(":
            self._calls.append(bool(self.tokens) and self.tokens[-1].kind == "function")
            self._add("open", "(", 1)
        elif character == ")":
            self._calls = self._calls[:-1]
            self._add("close", ")", 1)
            self._unit()
        else:
            self._add("comma", ",", 1)

    def _percent(self, sign: str) -> None:
        """Between two operands it is the remainder of a division."""
        if sign == "%" and self._divides():
            self._add("operator", "mod", 1)
        else:
            self._add("percent", sign, 1, 100 if sign == "%" else 1000)
            self._unit()

    def _divides(self) -> bool:
        """ "7 % 3", and "7 % -3" whose sign stands with the operand; "15 % - 3" is a percentage."""
        text, sign_at = self.cursor.text, self.cursor.at
        at = self.cursor.after_spaces(sign_at + 1)
        if text[sign_at - 1 : sign_at] == " " and at > sign_at + 1 and text[at : at + 1] in ("-", "+"):
            return text[at + 1 : at + 2].isdecimal()
        return text[at : at + 1].isdecimal() or text[at : at + 1] in ("(", "√") or bool(self.cursor.function_at(at)[0])

    def _raise_to(self, exponent: int, length: int) -> None:
        self._add("operator", "**", 0)
        self._add("number", "", length, exponent)

    # Words

    def _word(self) -> bool:
        """An operator, a function, "percent", or what precedes a number: a currency, "百分之", "每人每天"."""
        readers = (self._suffix, self._operator_word, self._function, self._fraction_words, self._han, self._prefix)
        return any(read() for read in readers)

    def _suffix(self) -> bool:
        word = self.cursor.suffix_at(self.cursor.at)
        if not word or not self._after_operand:
            return False
        if word in PERCENT_WORDS:
            self._add("percent", word, len(word), PERCENT_WORDS[word])
        else:
            self._raise_to(POWER_WORDS[word], len(word))
        return True

    def _operator_word(self) -> bool:
        if word := self.cursor.operator_at(self.cursor.at):
            self._add("operator", (CHINESE_OPERATORS | ENGLISH_OPERATORS).get(word, "of"), len(word))
        return bool(word)

    def _function(self) -> bool:
        name, end = self.cursor.function_at(self.cursor.at)
        if name == "pi":
            self._add("number", "pi", end - self.cursor.at, _PI)
        elif name:
            self._add("function", name, end - self.cursor.at)
        return bool(name)

    def _fraction_words(self) -> bool:
        """ "百分之15" and "千分之三"."""
        divisor = 100 if self.cursor.starts("百分之") else 1000 if self.cursor.starts("千分之") else 0
        if divisor:
            self.cursor.at += len("百分之")
            self._number()
            self._add("percent", "百分之", 0, divisor)
        return bool(divisor)

    def _han(self) -> bool:
        is_number = HAN.match(self.cursor.text, self.cursor.at) is not None
        if is_number:
            self._number()
        return is_number

    def _prefix(self) -> bool:
        cursor = self.cursor
        words = [word for word in (*CURRENCIES, *PREFIX_WORDS) if cursor.lower.startswith(word, cursor.at)]
        if cursor.starts("每"):
            words = [cursor.text[cursor.at : cursor.end_of_chinese(cursor.at)]]
        word = max(words, key=len, default="")
        if self._after_operand or not word:
            return False
        cursor.at += len(word)
        if word in CURRENCIES:
            cursor.skip_spaces()
            self._number(currency=CURRENCIES[word])
        return True

    # Numbers with their units

    def _number(self, currency: str = "") -> None:
        inside_call = bool(self._calls) and self._calls[-1]
        value = read_number(self.cursor, currency=currency, inside_call=inside_call)
        self.tokens.append(Token("number", "", value, currency))
        unit = self._unit()
        if unit in FACTOR_UNITS:
            divisor = FACTOR_UNITS[unit] * (10 if unit == "折" and value >= 10 else 1)
            self.tokens[-1] = Token("number", unit, Decimal(value) / divisor if divisor > 1 else value)
        elif not currency:
            self.tokens[-1] = Token("number", "", value, UNITS.get(unit, ""))

    def _unit(self) -> str:
        """Skip the unit behind an operand; its words in lower case."""
        start = self.cursor.at
        while end := self.cursor.end_of_unit():
            self.cursor.at = end
        return self.cursor.lower[start : self.cursor.at].strip()
