"""Sums and means of a column's amounts, exact and in the unit that its cells share.

``added`` is the entry; ``reader.rows`` calls it with the cells of one column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, NamedTuple

from voicehelper.text.asking import Calculation

# "$ 1,200.50 per month": what stands before, a sign, the number in groups of thousands or without, what follows. A
# comma elsewhere may be of decimals or of a list, and a second number makes a range.
_AMOUNT: Final = re.compile(
    r"([^\d.,()+-]{0,8})([+-]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d.,])(\D{0,24})"
)
_NOTHING: Final = frozenset(["", "-", "--", "/", "—", "–", "n/a", "na", "none", "无", "空"])
_MORE_DIGITS: Final = 2  # of a mean, than its cells have


class _Amount(NamedTuple):
    before: str
    number: Decimal
    after: str


def added(cells: Sequence[str], calculation: Calculation) -> str | None:
    """The sum or mean with its unit; None where a cell holds no single amount, or the units differ.

    Cells that say that there is nothing do not count.
    """
    texts = [text for cell in cells if (text := _plain(cell)).lower() not in _NOTHING]
    amounts = [amount for text in texts if (amount := _amount(text))]
    units = {(amount.before, amount.after) for amount in amounts}
    if not amounts or len(amounts) < len(texts) or len(units) > 1:
        return None
    total = sum((amount.number for amount in amounts), Decimal())
    number = total if calculation == "sum" else _mean(total, amounts)
    [(before, after)] = units
    return f"{before}{number:,f}{after}"


def _plain(cell: str) -> str:
    """Of plain width and minus, in the letters that it has: units differ by them."""
    return unicodedata.normalize("NFKC", cell).strip().replace("\u2212", "-")


def _amount(text: str) -> _Amount | None:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    before, sign, number, after = match.groups()
    return _Amount(before, Decimal(sign + number.replace(",", "")), after.rstrip())


def _mean(total: Decimal, amounts: Sequence[_Amount]) -> Decimal:
    most = max(-int(amount.number.as_tuple().exponent) for amount in amounts)
    step = Decimal(1).scaleb(-(most + _MORE_DIGITS))
    mean = (total / len(amounts)).quantize(step, ROUND_HALF_EVEN)
    return mean.quantize(Decimal(1)) if mean == mean.to_integral_value() else mean.normalize()
