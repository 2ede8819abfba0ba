"""Fields of invoices from the places of their lines."""

from __future__ import annotations

import pytest
from voicehelper.multimodal.invoice import invoice_fields
from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage, RecognisedTable

Placed = tuple[str, float, float]
BOX = Box(0, 0, 1, 1)
LINES_ZH = (
    ("货物或应税劳务、服务名称", "规格型号", "单位", "数量", "单价", "金额", "税率", "税额"),
    ("*日用杂品*毛巾", "34×76cm", "条", "120", "12.50", "1500.00", "13%", "195.00"),
    ("合计", "", "", "", "", "¥1500.00", "", "¥195.00"),
)
LINES_EN = (
    ("Description", "Qty", "Unit price", "Amount"),
    ("Filter cartridge", "12", "$9.75", "$117.00"),
    ("Subtotal", "", "", "$117.00"),
)


def page(lines: list[Placed], rows: tuple[tuple[str, ...], ...] = ()) -> RecognisedPage:
    """Lines at (x, y), each 0.02 high."""
    placed = tuple(
        RecognisedLine(text, Box(x, y, min(1.0, x + 0.015 * len(text)), y + 0.02), 0.99) for text, x, y in lines
    )
    tables = (RecognisedTable(rows, BOX),) if rows else ()
    return RecognisedPage(1, placed, tables, 0.99, 0, "\n".join(text for text, _, _ in lines))


CHINESE = page(
    [
        ("电子发票（普通发票）", 0.4, 0.02),
        ("发票号码：24312000000123456789", 0.1, 0.06),
        ("开票日期：2024年3月5日", 0.6, 0.06),
        ("购买方信息", 0.02, 0.12),
        ("名称：苏州云梯科技有限公司", 0.08, 0.12),
        ("销售方信息", 0.52, 0.12),
        ("名称：上海晨光纺织品有限公司", 0.58, 0.12),
        ("合计", 0.05, 0.5),
        ("¥1500.00", 0.6, 0.5),
        ("¥195.00", 0.85, 0.5),
        ("价税合计（大写）", 0.05, 0.55),
        ("壹仟陆佰玖拾伍圆整", 0.3, 0.55),
        ("（小写）¥1695.00", 0.7, 0.55),
    ],
    LINES_ZH,
)
ENGLISH = page(
    [
        ("INVOICE", 0.4, 0.02),
        ("Invoice No.", 0.1, 0.06),
        ("INV-2024-0042", 0.3, 0.06),
        ("Date: March 5, 2024", 0.6, 0.06),
        ("From:", 0.1, 0.12),
        ("Northwind Pumps Ltd", 0.1, 0.15),
        ("Bill to:", 0.6, 0.12),
        ("Harbour Lease BV", 0.6, 0.15),
        ("Subtotal", 0.6, 0.5),
        ("$117.00", 0.85, 0.5),
        ("VAT 20%", 0.6, 0.53),
        ("$23.40", 0.85, 0.53),
        ("Total due", 0.6, 0.56),
        ("$140.40", 0.85, 0.56),
    ],
    LINES_EN,
)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            CHINESE,
            {
                "number": "24312000000123456789",
                "date": "2024-03-05",
                "buyer": "苏州云梯科技有限公司",
                "seller": "上海晨光纺织品有限公司",
                "subtotal": "¥1500.00",
                "tax": "¥195.00",
                "total": "¥1695.00",
            },
        ),
        (
            ENGLISH,
            {
                "number": "INV-2024-0042",
                "date": "2024-03-05",
                "buyer": "Harbour Lease BV",
                "seller": "Northwind Pumps Ltd",
                "subtotal": "$117.00",
                "tax": "$23.40",
                "total": "$140.40",
            },
        ),
    ],
    ids=["zh", "en"],
)
def test_fields_are_found_beside_or_below_their_labels(one: RecognisedPage, expected: dict[str, str]) -> None:
    fields = invoice_fields([one])

    assert fields
    assert fields.model_dump(exclude={"lines"}) == expected


def test_lines_are_the_rows_between_the_heads_and_the_sums() -> None:
    chinese, english = invoice_fields([CHINESE]), invoice_fields([ENGLISH])

    assert chinese
    assert english
    assert [line.model_dump() for line in chinese.lines] == [
        {
            "description": "*日用杂品*毛巾",
            "specification": "34×76cm",
            "unit": "条",
            "quantity": "120",
            "unit_price": "12.50",
            "amount": "1500.00",
            "tax_rate": "13%",
            "tax": "195.00",
        }
    ]
    assert [(line.description, line.quantity, line.amount) for line in english.lines] == [
        ("Filter cartridge", "12", "$117.00")
    ]


def test_what_is_not_found_is_absent_and_nothing_is_guessed() -> None:
    fields = invoice_fields([page([("发票号码：20240001", 0.1, 0.1)])])

    assert fields
    assert fields.model_dump(exclude_none=True) == {"number": "20240001", "lines": []}


@pytest.mark.parametrize("text", ["Total 42.00", "合计 42.00", ""])
def test_a_page_that_is_no_invoice_has_no_fields(text: str) -> None:
    assert invoice_fields([page([(text, 0.1, 0.1)])]) is None
