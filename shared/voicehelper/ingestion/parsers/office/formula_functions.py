"""What spreadsheet functions and operators compute, over plain values.

``FUNCTIONS`` and ``calculated`` are called by ``formulas``; functions take values or ranges as lists of rows. SUBTOTAL
is left out on purpose: it depends on filters and on other subtotals, and a wrong total is worse than a formula.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from typing import Any

from voicehelper.ingestion.parsers.office.formula_syntax import NotComputedError
from voicehelper.ingestion.parsers.office.number_formats import plain_number

Scalar = float | str | bool | None
Grid = list[list[Scalar]]
Argument = Scalar | Grid
_EXACT = Context(prec=400)
_MAX_TEXT = 32_767  # of a cell
_CRITERION = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)


class FormulaError(Exception):
    """An error that the sheet shows in the cell."""

    def __init__(self, sign: str) -> None:
        super().__init__(sign)
        self.sign = sign

    @staticmethod
    def is_sign(value: Scalar) -> bool:
        return isinstance(value, str) and value.startswith("#") and value.endswith(("!", "?", "/A"))


def calculated(sign: str, values: list[Scalar]) -> Scalar:
    """The operator ``sign`` applied; unknown ones, names of unknown functions too, raise NotComputedError."""
    if sign == "neg":
        return -_number(values[0])
    if sign == "%":
        return _number(values[0]) / 100
    if sign == "&":
        return "".join(map(_text, values))[:_MAX_TEXT]
    if sign in _ARITHMETIC:
        return _finite(_ARITHMETIC[sign], _number(values[0]), _number(values[1]))
    if sign in _COMPARISONS:
        return _COMPARISONS[sign](_rank(values[0], values[1]), _rank(values[1], values[0]))
    raise NotComputedError(f"function {sign}")


def is_true(value: Scalar) -> bool:
    if isinstance(value, str) and value.upper() in ("TRUE", "FALSE"):
        return value.upper() == "TRUE"
    return _number(value) != 0


def _finite(operation: Callable[[float, float], float], left: float, right: float) -> float:
    try:
        result = operation(left, right)
    except ZeroDivisionError as error:
        raise FormulaError("#DIV/0!") from error
    except (OverflowError, ValueError) as error:
        raise FormulaError("#NUM!") from error
    if isinstance(result, complex) or not math.isfinite(result):
        raise FormulaError("#NUM!")
    return result


def _number(value: Scalar) -> float:
    _raise_error(value)
    try:
        return float(value or 0)
    except ValueError as error:
        raise FormulaError("#VALUE!") from error


def _text(value: Scalar) -> str:
    _raise_error(value)
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else value if isinstance(value, str) else plain_number(value)


def _raise_error(value: Scalar) -> None:
    if FormulaError.is_sign(value):
        raise FormulaError(str(value))


def _rank(value: Scalar, other: Scalar) -> tuple[int, float | str]:
    """Numbers before text before truth values, text without regard to case; an empty cell equals 0 and ""."""
    _raise_error(value)
    if value is None:
        return (1, "") if isinstance(other, str) else (0, 0.0)
    if isinstance(value, bool):
        return 2, float(value)
    return (1, value.lower()) if isinstance(value, str) else (0, value)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": math.pow,
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def _flat(arguments: tuple[Argument, ...]) -> Iterator[Scalar]:
    for argument in arguments:
        if isinstance(argument, list):
            for row in argument:
                yield from row
        else:
            yield argument


def _numbers(*arguments: Argument) -> list[float]:
    """Text and truth values in ranges do not count, as arguments they do."""
    found: list[float] = []
    for argument in arguments:
        if not isinstance(argument, list):
            found.append(_number(argument))
            continue
        for value in _flat((argument,)):
            _raise_error(value)
            if isinstance(value, int | float) and not isinstance(value, bool):
                found.append(value)
    return found


def _sum(*arguments: Argument) -> float:
    return math.fsum(_numbers(*arguments))


def _product(*arguments: Argument) -> float:
    numbers = _numbers(*arguments)
    return _finite(lambda product, _: product, math.prod(numbers) if numbers else 0.0, 0)


def _average(*arguments: Argument) -> float:
    numbers = _numbers(*arguments)
    return _finite(operator.truediv, math.fsum(numbers), len(numbers))


def _count(*arguments: Argument) -> float:
    return float(sum(isinstance(value, int | float) and not isinstance(value, bool) for value in _flat(arguments)))


def _count_filled(*arguments: Argument) -> float:
    return float(sum(value is not None for value in _flat(arguments)))


def _rounded(mode: str) -> Callable[..., float]:
    def rounded(value: Argument, digits: Argument = 0.0) -> float:
        places = int(_number(_one(digits)))
        if abs(places) > 30:
            raise FormulaError("#NUM!")
        exact = Decimal(f"{_number(_one(value)):.15g}")
        return float(exact.quantize(Decimal(1).scaleb(-places), rounding=mode, context=_EXACT))

    return rounded


def _to_multiple(mode: str) -> Callable[..., float]:
    def multiple(value: Argument, step: Argument = 1.0) -> float:
        number, size = _number(_one(value)), _number(_one(step))
        if not size:
            return 0.0
        steps = Decimal(f"{number / size:.15g}").to_integral_value(rounding=mode)
        return float(steps) * size

    return multiple


def _one(argument: Argument) -> Scalar:
    if not isinstance(argument, list):
        return argument
    raise NotComputedError("a range in place of a value")


def _sum_of_products(*ranges: Argument) -> float:
    columns = [list(_flat((item,))) for item in ranges]
    if len({len(column) for column in columns}) > 1:
        raise FormulaError("#VALUE!")
    return math.fsum(math.prod(_countable(value) for value in row) for row in zip(*columns, strict=True))


def _countable(value: Scalar) -> float:
    _raise_error(value)
    return 0.0 if value is None or isinstance(value, str | bool) else value


def _sum_if(tested: Argument, criterion: Argument, summed: Argument = None) -> float:
    values = list(_flat((tested,)))
    amounts = values if summed is None else list(_flat((summed,)))
    return math.fsum(
        _countable(amount) for value, amount in zip(values, amounts, strict=False) if _meets(value, criterion)
    )


def _count_if(tested: Argument, criterion: Argument) -> float:
    return float(sum(_meets(value, criterion) for value in _flat((tested,))))


def _meets(value: Scalar, criterion: Argument) -> bool:
    """A value, or an operator and a value as in ">=10"; wildcards are not known here."""
    wanted = _one(criterion)
    sign = "="
    if isinstance(wanted, str):
        if any(character in wanted for character in "*?~"):
            raise NotComputedError("wildcards")
        match = _CRITERION.fullmatch(wanted)
        sign, wanted = (match[1] or "=", _value_in(match[2])) if match else ("=", wanted)
    if value is None or isinstance(value, str) != isinstance(wanted, str):
        return sign == "<>"
    return _COMPARISONS[sign](_rank(value, wanted), _rank(wanted, value))


def _value_in(text: str) -> Scalar:
    try:
        return float(text)
    except ValueError:
        return text


def _joined(*arguments: Argument) -> str:
    return "".join(map(_text, _flat(arguments)))[:_MAX_TEXT]


def _modulo(value: Argument, divisor: Argument) -> float:
    return _finite(operator.mod, _number(_one(value)), _number(_one(divisor)))


FUNCTIONS: dict[str, Callable[..., Scalar]] = {
    "SUM": _sum,
    "PRODUCT": _product,
    "AVERAGE": _average,
    "MIN": lambda *items: min(_numbers(*items), default=0.0),
    "MAX": lambda *items: max(_numbers(*items), default=0.0),
    "COUNT": _count,
    "COUNTA": _count_filled,
    "ROUND": _rounded(ROUND_HALF_UP),
    "ROUNDUP": _rounded(ROUND_UP),
    "ROUNDDOWN": _rounded(ROUND_DOWN),
    "TRUNC": _rounded(ROUND_DOWN),
    "CEILING": _to_multiple(ROUND_CEILING),
    "FLOOR": _to_multiple(ROUND_FLOOR),
    "INT": lambda value: float(math.floor(_number(_one(value)))),
    "ABS": lambda value: abs(_number(_one(value))),
    "MOD": _modulo,
    "POWER": lambda base, exponent: calculated("^", [_one(base), _one(exponent)]),
    "SQRT": lambda value: calculated("^", [_one(value), 0.5]),
    "AND": lambda *items: all(is_true(value) for value in _flat(items) if value is not None),
    "OR": lambda *items: any(is_true(value) for value in _flat(items) if value is not None),
    "NOT": lambda value: not is_true(_one(value)),
    "CONCATENATE": _joined,
    "CONCAT": _joined,
    "SUMPRODUCT": _sum_of_products,
    "SUMIF": _sum_if,
    "COUNTIF": _count_if,
}
