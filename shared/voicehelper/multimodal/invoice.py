"""Named fields of an invoice, Chinese or English, from its lines, their places and its tables.

Entry function: ``invoice_fields``. Values are as printed, but for the date; what is not found is absent, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voicehelper.multimodal.invoice_lines import invoice_lines
from voicehelper.multimodal.models import InvoiceFields
from voicehelper.shapes.recognition import RecognisedLine, RecognisedPage

_SIGN: Final = re.compile(r"发\s*票|\binvoice\b", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"[¥￥$€£]?\s?-?(?<![\d,])\d[\d,]*\.\d{2}\b|[¥￥$€£]\s?-?\d[\d,]*\b")
_NUMBER: Final = re.compile(r"发票号码?|票据号码|\binvoice\s*(?:no\b\.?|number\b|num\b\.?|#|id\b)", re.IGNORECASE)
_DATE: Final = re.compile(
    r"开票日期|发票日期|\b(?:invoice|issue)\s*date\b|\bdate\s*(?:of\s*issue|issued)?(?=\s*[:：]|$)", re.IGNORECASE
)
_NAME: Final = re.compile(r"^名\s*称")
_SELLER: Final = re.compile(
    r"销售方(?:信息|名称)?|销方(?:名称)?|销货单位|卖方|收款单位|\b(?:seller|vendor|supplier|sold\s*by|from)\b(?=\s*[:：]|$)",
    re.IGNORECASE)  # fmt: skip
_BUYER: Final = re.compile(
    r"购买方(?:信息|名称)?|购方(?:名称)?|购货单位|买方|付款单位|\b(?:buyer|customer|client|bill(?:ed)?\s*to|sold\s*to)\b",
    re.IGNORECASE)  # fmt: skip
_TOTAL: Final = re.compile(
    r"价税合计|应付总额|总\s*计|\b(?:grand\s*total|total\s*(?:due|amount|payable)?|amount\s*due|balance\s*due)\b",
    re.IGNORECASE)  # fmt: skip
_SUBTOTAL: Final = re.compile(r"(?<!税)合\s*计(?!\s*税)|不含税金额|\bsub[\s-]?total\b|\bnet\s*(?:amount|total)\b",
                              re.IGNORECASE)  # fmt: skip
_TAX: Final = re.compile(
    r"税额合计|合计税额|\b(?:sales\s*)?(?:tax|vat|gst)\b(?!\s*(?:id|no|reg|number))", re.IGNORECASE
)
_AFTER: Final = re.compile(r"^[\s:：.#、]*")
_CODE: Final = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z_/-]{0,30}\d)[A-Za-z0-9][\w/-]*|\d+")
_YEAR_FIRST: Final = re.compile(r"((?:19|20)\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")
_NAMED_MONTH: Final = re.compile(
    r"(?<![A-Za-z])([A-Za-z]{3})[a-z]{0,8}\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}((?:19|20)\d\d)"
)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([A-Za-z]{3})[a-z]*\.?,?[\s-]+((?:19|20)\d\d)")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Row = list[RecognisedLine]


def invoice_fields(pages: Sequence[RecognisedPage]) -> InvoiceFields | None:
    """None where no page says that it is one, or nothing was found."""
    if not any(_SIGN.search(page.text) for page in pages):
        return None
    rows = [row for page in pages for row in _rows(page.lines)]
    date = _beside(rows, _DATE)
    number = _CODE.search(_beside(rows, _NUMBER))
    subtotal, tax = _sums(rows)
    fields = InvoiceFields(
        number=number.group() if number else None,
        date=_iso(date) or date or None,
        seller=_party(rows, _SELLER, _BUYER),
        buyer=_party(rows, _BUYER, _SELLER),
        lines=invoice_lines([table for page in pages for table in page.tables]),
        subtotal=subtotal,
        tax=tax,
        total=_last_amount(rows, _TOTAL, besides=_SUBTOTAL),
    )
    found = fields.model_dump(exclude_none=True, exclude={"lines"})
    return fields if found or fields.lines else None


def _rows(lines: Sequence[RecognisedLine]) -> list[Row]:
    rows: list[Row] = []
    for line in sorted(lines, key=_middle):
        if rows and abs(_middle(line) - _middle(rows[-1][0])) < 0.4 * (rows[-1][0].box.y1 - rows[-1][0].box.y0):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.x0) for row in rows]


def _middle(line: RecognisedLine) -> float:
    return (line.box.y0 + line.box.y1) / 2


def _beside(rows: Sequence[Row], label: re.Pattern[str]) -> str:
    """What follows a label: in its line, or else to the right, or else below it."""
    for index, row in enumerate(rows):
        for at, line in enumerate(row):
            if match := label.search(line.text):
                return _rest(line.text, match) or _right(row, at) or _below(rows[index + 1 :], line)
    return ""


def _rest(text: str, match: re.Match[str]) -> str:
    return _AFTER.sub("", text[match.end() :]).strip()


def _right(row: Row, at: int) -> str:
    """Nothing where another label stands there."""
    value = _AFTER.sub("", row[at + 1].text).strip() if at + 1 < len(row) else ""
    return "" if value.endswith((":", "：")) else value


def _below(rows: Sequence[Row], label: RecognisedLine) -> str:
    near = [line for row in rows[:1] for line in row if line.box.x0 < label.box.x1 and line.box.x1 > label.box.x0]
    return near[0].text.strip() if near else ""


def _party(rows: Sequence[Row], own: re.Pattern[str], other: re.Pattern[str]) -> str | None:
    """Chinese forms say 名称 beside or below the party; others write the name after the label, or below."""
    lines = [line for row in rows for line in row]
    labels = [line for line in lines if own.search(line.text)]
    names = [line for line in lines if _NAME.match(line.text)]
    if names:
        name = _nearest_name(names, labels, [line for line in lines if other.search(line.text)], is_buyer=own is _BUYER)
        return (name and (_rest(name.text, _match(_NAME, name.text)) or _right_of(rows, name))) or None
    value = _beside(rows, own)
    return value if value and not other.match(value) else None


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.match(text)
    assert match
    return match


def _right_of(rows: Sequence[Row], line: RecognisedLine) -> str:
    row = next(row for row in rows if line in row)
    return _right(row, row.index(line))


def _nearest_name(
    names: Sequence[RecognisedLine], own: Sequence[RecognisedLine], other: Sequence[RecognisedLine], *, is_buyer: bool
) -> RecognisedLine | None:
    """The name nearer to this party's label than to the other's; by their order, buyer first, without labels."""
    if own:
        closer = [name for name in names if _distance(name, own) <= _distance(name, other)]
        return min(closer, key=lambda name: _distance(name, own), default=None)
    in_order = sorted(names, key=lambda name: (round(name.box.y0 * 20), name.box.x0))
    index = 0 if is_buyer else 1
    return in_order[index] if index < len(in_order) else None


def _distance(name: RecognisedLine, labels: Sequence[RecognisedLine]) -> float:
    """A label to the right of a name is another's."""
    return min(
        (
            abs(_middle(name) - _middle(label)) + abs(name.box.x0 - label.box.x0) + (label.box.x0 > name.box.x0 + 0.02)
            for label in labels
        ),
        default=9.0,
    )


def _sums(rows: Sequence[Row]) -> tuple[str | None, str | None]:
    """(without tax, tax): of one row in Chinese forms, of two in English ones."""
    for row in rows:
        text = " ".join(line.text for line in row)
        if _SUBTOTAL.search(text) and not re.search("价税合计", text):
            amounts = _AMOUNT.findall(text)
            if len(amounts) == 2 and not re.search(r"[a-z]", text, re.IGNORECASE):
                return amounts[0].strip(), amounts[1].strip()
            if amounts:
                return amounts[-1].strip(), _last_amount(rows, _TAX)
    return None, _last_amount(rows, _TAX)


def _last_amount(rows: Sequence[Row], label: re.Pattern[str], besides: re.Pattern[str] | None = None) -> str | None:
    """Of the last row that begins a piece with the label."""
    for row in reversed(rows):
        text = " ".join(line.text for line in row)
        amounts = _AMOUNT.findall(text)
        is_other = besides is not None and besides.search(text) and not re.search("价税合计", text)
        if amounts and not is_other and any(label.match(line.text.strip("（( ")) for line in row):
            return str(amounts[-1]).strip()
    return None


def _iso(text: str) -> str | None:
    if match := _YEAR_FIRST.search(text):
        year, month, day = match.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    for pattern, order in ((_NAMED_MONTH, (2, 0, 1)), (_DAY_FIRST, (2, 1, 0))):
        if match := pattern.search(text):
            year, name, day = (match.groups()[index] for index in order)
            if name.lower() in _MONTHS:
                return f"{year}-{_MONTHS.index(name.lower()) + 1:02}-{int(day):02}"
    return None
