"""``evaluate``: the value of a calculation, by recursive descent over its tokens, within bounds of depth and size.

- A percentage is a hundredth: 15% is 0.15. Added to another value it is of that value, as on every calculator:
  200 + 10% is 220. Percentages add to one another, and to a literal 1, as shares: 1 - 30% - 20% is 0.5.
- `%` before another operand is the remainder: 7 % 3 is 1.
- Units are dropped; sums of two currencies or measures are refused.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from voicehelper.agents.tools.arithmetic import numbers
from voicehelper.agents.tools.arithmetic.numbers import FUNCTIONS, Number
from voicehelper.agents.tools.arithmetic.scan import Token, scan
from voicehelper.agents.tools.arithmetic.vocabulary import FACTOR_UNITS
from voicehelper.agents.tools.protocol import ToolError

_MAX_DEPTH: Final = 50

_FACTORS: Final[Mapping[str, Callable[[Number, Number], Number]]] = {
    "*": numbers.multiply,
    "/": numbers.divide,
    "//": numbers.floor_divide,
    "mod": numbers.modulo,
    "of": numbers.multiply,
}


@dataclass(frozen=True, slots=True)
class _Amount:
    """``is_share`` of a percentage; ``is_one`` of a literal 1 and what shares were added to it; ``is_factor`` of what
    something may be taken of: a share, a quotient, "3 倍".
    """

    value: Number
    unit: str = ""
    is_share: bool = False
    is_one: bool = False
    is_factor: bool = False


def evaluate(text: str) -> str:
    """The result as text; ToolError with a code of messages/agents.toml."""
    with numbers.decimal_context() as context:
        try:
            value = _Parser(scan(text)).whole()
        except (decimal.DivisionByZero, decimal.InvalidOperation) as error:
            raise numbers.undefined() from error
        except decimal.Overflow as error:
            raise numbers.too_large() from error
        return numbers.shown(value, exact=not context.flags[decimal.Inexact])


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def whole(self) -> Number:
        amount = self._sum()
        if self._next.kind != "end":
            raise self._mistake()
        return amount.value

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _is_operator(self, *signs: str) -> bool:
        return self._next.kind == "operator" and self._next.text in signs

    def _mistake(self) -> ToolError:
        token = self._next
        value = numbers.shown(token.value, exact=True) if token.kind == "number" else "…"
        return ToolError("CALCULATION_NOT_ARITHMETIC", place=token.text or value)

    def _sum(self) -> _Amount:
        amount = self._product()
        while self._is_operator("+", "-"):
            sign = self._take().text
            amount = _add(amount, self._product(), numbers.add if sign == "+" else numbers.subtract)
        return amount

    def _product(self) -> _Amount:
        """A parenthesis right behind an operand multiplies: 2(3 + 4) is 14."""
        amount = self._signed()
        while self._is_operator(*_FACTORS) or self._next.kind == "open":
            sign = self._take().text if self._next.kind == "operator" else "*"
            other = self._signed()
            if sign == "of" and not any(part.is_factor or 0 < part.value < 1 for part in (amount, other)):
                raise ToolError("CALCULATION_AMBIGUOUS", place="of")
            value = _FACTORS[sign](amount.value, other.value)
            amount = _Amount(value, _unit_of_product(amount.unit, other.unit), is_factor=sign == "/")
        return amount

    def _signed(self) -> _Amount:
        if not self._is_operator("+", "-", "√"):
            return self._power()
        sign = self._take().text
        with self._deeper():
            amount = self._signed()
        if sign == "√":
            return _Amount(FUNCTIONS["sqrt"]([amount.value]))
        return replace(amount, value=-amount.value, is_one=False) if sign == "-" else amount

    def _power(self) -> _Amount:
        """To the right: 2 ** 3 ** 2 is 512; the sign before it comes last: -2 ** 2 is -4."""
        amount = self._percentage()
        if not self._is_operator("**"):
            return amount
        self._take()
        with self._deeper():
            return _Amount(numbers.power(amount.value, self._signed().value))

    def _percentage(self) -> _Amount:
        amount = self._operand()
        while self._next.kind == "percent":
            amount = _Amount(numbers.divide(amount.value, self._take().value), is_share=True, is_factor=True)
        return amount

    def _operand(self) -> _Amount:
        token = self._next
        if token.kind == "number":
            self._at += 1
            is_factor = token.text in FACTOR_UNITS
            return _Amount(token.value, token.unit, token.text == "成", is_one=_is_one(token), is_factor=is_factor)
        if token.kind == "function":
            return self._call(self._take().text)
        if token.kind != "open":
            raise self._mistake()
        self._at += 1
        with self._deeper():
            amount = self._sum()
        self._close()
        return amount

    def _call(self, name: str) -> _Amount:
        self._at += 1  # its parenthesis, which made the word a function
        amounts: list[_Amount] = []
        with self._deeper():
            while not amounts or self._next.kind == "comma":
                self._at += bool(amounts)
                amounts.append(self._sum())
        self._close()
        units = {amount.unit for amount in amounts if amount.unit}
        if len(units) > 1:
            raise _units_differ(*sorted(units)[:2])
        return _Amount(FUNCTIONS[name]([amount.value for amount in amounts]), next(iter(units), ""))

    def _close(self) -> None:
        if self._next.kind != "close":
            raise self._mistake()
        self._at += 1

    def _deeper(self) -> _Depth:
        return _Depth(self)

    def enter(self) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise numbers.too_large()

    def leave(self) -> None:
        self._depth -= 1


@dataclass(frozen=True, slots=True)
class _Depth:
    parser: _Parser

    def __enter__(self) -> None:
        self.parser.enter()

    def __exit__(self, *_: object) -> None:
        self.parser.leave()


def _is_one(token: Token) -> bool:
    return token.value == 1 and isinstance(token.value, int) and not (token.unit or token.text)


def _add(left: _Amount, right: _Amount, operation: Callable[[Number, Number], Number]) -> _Amount:
    if right.is_share and not (left.is_share or left.is_one):
        factor = operation(Decimal(1), right.value)
        return _Amount(numbers.multiply(left.value, factor), left.unit)
    if left.unit and right.unit and left.unit != right.unit:
        raise _units_differ(left.unit, right.unit)
    return _Amount(
        operation(left.value, right.value),
        left.unit or right.unit,
        is_share=left.is_share and right.is_share,
        is_one=left.is_one and right.is_share,
    )


def _units_differ(first: str, second: str) -> ToolError:
    return ToolError("CALCULATION_UNITS_DIFFER", first=first, second=second)


def _unit_of_product(first: str, second: str) -> str:
    """Of a quantity times a number; of two quantities it is another unit, which nothing is compared with."""
    return "" if first and second else first or second
