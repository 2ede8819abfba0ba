"""Operations on whole numbers and decimals within bounds; whole numbers are exact, decimals have 34 digits.

``evaluate`` is the caller and opens ``decimal_context`` around all of them. What has no result is a ToolError.
"""

from __future__ import annotations

import contextlib
import decimal
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from voicehelper.agents.tools.protocol import ToolError

Number = int | Decimal

MAX_EXPONENT: Final = 1_000
_MAX_BITS: Final = 3_322  # of a whole number, some 1,000 digits
_MAX_ROUNDED_DIGITS: Final = 30
_SIGNIFICANT: Final = 12  # digits shown of a result that is not exact, or two decimals where those are more
_PRECISION: Final = 34
_LONGEST: Final = 60  # characters of a decimal that is shown without an exponent


@contextlib.contextmanager
def decimal_context() -> Iterator[decimal.Context]:
    traps: list[type[decimal.DecimalException]] = [decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow]
    with decimal.localcontext(decimal.Context(prec=_PRECISION, Emax=9999, Emin=-9999, traps=traps)) as context:
        yield context


def too_large() -> ToolError:
    return ToolError("CALCULATION_TOO_LARGE")


def undefined() -> ToolError:
    return ToolError("CALCULATION_UNDEFINED")


def bounded(value: Number) -> Number:
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise too_large()
    return value


def add(a: Number, b: Number) -> Number:
    return bounded(a + b)


def subtract(a: Number, b: Number) -> Number:
    return bounded(a - b)


def multiply(a: Number, b: Number) -> Number:
    return bounded(a * b)


def divide(a: Number, b: Number) -> Number:
    """Always a decimal, as in Python: 10 / 2 is 5.0."""
    _require_divisor(b)
    return Decimal(a) / Decimal(b)


def floor_divide(a: Number, b: Number) -> Number:
    """Towards minus infinity, for decimals too."""
    _require_divisor(b)
    if isinstance(a, int) and isinstance(b, int):
        return a // b
    a, b = Decimal(a), Decimal(b)
    quotient = a // b
    return quotient - 1 if a % b and a.is_signed() != b.is_signed() else quotient


def modulo(a: Number, b: Number) -> Number:
    """Has the sign of the divisor."""
    _require_divisor(b)
    if isinstance(a, int) and isinstance(b, int):
        return a % b
    a, b = Decimal(a), Decimal(b)
    rest = a % b
    return rest + b if rest and rest.is_signed() != b.is_signed() else rest


def _require_divisor(b: Number) -> None:
    if b == 0:
        raise ToolError("CALCULATION_DIVISION_BY_ZERO")


def power(a: Number, b: Number) -> Number:
    if abs(Decimal(b)) > MAX_EXPONENT:
        raise too_large()
    if isinstance(a, int) and isinstance(b, int) and b >= 0:
        if a.bit_length() * b > _MAX_BITS:
            raise too_large()
        return int(a**b)
    if b == 0:
        return Decimal(1)
    if a == 0 and b < 0:
        raise ToolError("CALCULATION_DIVISION_BY_ZERO")
    return Decimal(a) ** Decimal(b)


def _rounded(*values: Number) -> Number:
    """Half away from zero, as people expect of money: 2.665 to two places is 2.67."""
    value, places = values if len(values) == 2 else (values[0], 0)
    if places != int(places) or abs(Decimal(places)) > _MAX_ROUNDED_DIGITS:
        raise too_large()
    step = Decimal(1).scaleb(-int(places))
    result = (Decimal(value) / step).to_integral_value(decimal.ROUND_HALF_UP) * step
    return result if places > 0 else int(result)


def _whole(rounding: str) -> Callable[..., Number]:
    return lambda value: bounded(int(Decimal(value).to_integral_value(rounding)))


def _square_root(value: Number) -> Number:
    return Decimal(value).sqrt()


def _logarithm(value: Number) -> Number:
    if value <= 0:
        raise undefined()
    return Decimal(value).ln()


def _logarithm_10(value: Number) -> Number:
    if value <= 0:
        raise undefined()
    return Decimal(value).log10()


def _exponential(value: Number) -> Number:
    if abs(Decimal(value)) > MAX_EXPONENT:
        raise too_large()
    return Decimal(value).exp()


def _sum(*values: Number) -> Number:
    return bounded(sum(values))


def _mean(*values: Number) -> Number:
    return divide(_sum(*values), len(values))


def _median(*values: Number) -> Number:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else divide(add(ordered[middle - 1], ordered[middle]), 2)


def _of(function: Callable[..., Number], least: int, most: int) -> Callable[[Sequence[Number]], Number]:
    def call(values: Sequence[Number]) -> Number:
        if not least <= len(values) <= most:
            raise ToolError("CALCULATION_NOT_ARITHMETIC")
        return bounded(function(*values))

    return call


_MANY: Final = 500
FUNCTIONS: Final[Mapping[str, Callable[[Sequence[Number]], Number]]] = {
    "abs": _of(abs, 1, 1),
    "ceil": _of(_whole(decimal.ROUND_CEILING), 1, 1),
    "exp": _of(_exponential, 1, 1),
    "floor": _of(_whole(decimal.ROUND_FLOOR), 1, 1),
    "ln": _of(_logarithm, 1, 1),
    "log10": _of(_logarithm_10, 1, 1),
    "max": _of(max, 1, _MANY),
    "mean": _of(_mean, 1, _MANY),
    "median": _of(_median, 1, _MANY),
    "min": _of(min, 1, _MANY),
    "pow": _of(power, 2, 2),
    "round": _of(_rounded, 1, 2),
    "sqrt": _of(_square_root, 1, 1),
    "sum": _of(_sum, 1, _MANY),
}


def shown(value: Number, *, exact: bool) -> str:
    """Whole numbers without a point, decimals with at least one place: 360, 25.0, 0.3, 3.33333333333."""
    if isinstance(value, int):
        return str(value)
    if not value:
        return "0.0"
    value = _without_noise(value, _PRECISION if exact else max(_SIGNIFICANT, value.adjusted() + 3))
    if len(text := format(value, "f")) > _LONGEST:
        mantissa, _, exponent = format(value, "E").partition("E")
        return f"{mantissa}E{int(exponent):+d}"
    return text if "." in text else f"{text}.0"


def _without_noise(value: Decimal, digits: int) -> Decimal:
    """Rounded to so many digits, without zeros at its end."""
    rounding = decimal.Context(prec=min(digits, _PRECISION), rounding=decimal.ROUND_HALF_EVEN, Emax=9999, Emin=-9999)
    return rounding.plus(value).normalize(rounding)
