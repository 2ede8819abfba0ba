from __future__ import annotations

import pytest

from tests.unit.ingestion.parsers.web.pages import page, read


def rows(table: str) -> list[str]:
    (block,) = page(table).blocks

    assert block.kind == "table"
    return block.text.split("\n")


def table(*lines: str) -> str:
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


FEES = table("<th>Kind<th>Fee", "<td>day<td>3", "<td>night<td>5")


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            table("<th>Hall<th>Fees", f"<td>Linz<td>{FEES}", f"<td>Wels<td>from {FEES}"),
            [
                "Hall: Linz | Fees: Kind: day | Fee: 3",
                "Hall: Linz | Fees: Kind: night | Fee: 5",
                "Hall: Wels | Fees: from: Kind: day | Fee: 3",
                "Hall: Wels | Fees: from: Kind: night | Fee: 5",
            ],
        ),
        (
            table(f"<td>Linz<td>{FEES}", "<td>Wels<td>none"),
            ["Linz | Kind: day | Fee: 3", "Linz | Kind: night | Fee: 5", "Wels | none"],
        ),
        (
            table("<th>Day<th>Work", "<td>Mon<td><ul><li>oil<li>clean</ul>", "<td>Tue<td><p>Look.<p>Note<br>it"),
            ["Day: Mon | Work: oil; clean", "Day: Tue | Work: Look. Note it"],
        ),
        (table("<th>Weight<td>4 kg", "<th>Power<td>20 W"), ["Weight: 4 kg", "Power: 20 W"]),
        (
            "<table><caption>Fares</caption><thead><tr><th>Zone<th>2031</thead><tr><td>1<td>4</table>",
            ["Fares", "Zone: 1 | 2031: 4"],
        ),
        (
            table("<th>Zone<th>Fare", "<td colspan=2>Adults", "<td>1<td>4", "<td colspan=2>Children", "<td>1<td>2"),
            ["Adults", "Adults | Zone: 1 | Fare: 4", "Children", "Children | Zone: 1 | Fare: 2"],
        ),
        (
            table("<th rowspan=2>City<th colspan=2>Rate", "<td>low<td>high", "<td>Bonn<td>80<td>95"),
            ["City: Bonn | Rate low: 80 | Rate high: 95"],
        ),
        (
            table("<th colspan=2>Data", "<td>Weight<td>4 kg", "<td>Power<td>20 W"),
            ["Data", "Weight | 4 kg", "Power | 20 W"],
        ),
        (
            table("<td colspan=2>Fares", "<th>Zone<th>2031", "<td>1<td>4"),
            ["Fares", "Zone: 1 | 2031: 4"],
        ),
        (table("<td><b>Zone</b><td><strong>2031</strong>", "<td>1<td>4"), ["Zone: 1 | 2031: 4"]),
        (
            table("<th>Land<th>City", "<th rowspan=2>Tyrol<td>Imst", "<td>Wörgl"),
            ["Land: Tyrol | City: Imst", "Land: Tyrol | City: Wörgl"],
        ),
    ],
)
def test_each_row_can_be_read_alone(source: str, lines: list[str]) -> None:
    assert rows(source) == lines


def test_tables_that_lay_out_a_page_are_read_as_its_parts() -> None:
    inner = table("<td><p>The canteen is closed on Friday, and on all days between the two holidays of this year.</p>")
    letter = table("<td>Logo<td>Example Ltd", f"<td colspan=2>{inner}")

    assert read(letter)[-1].startswith("The canteen is closed")
    assert "table" not in {block.kind for block in page(letter).blocks}
    assert read('<table role="presentation"><tr><td>One<td>Two</table>') == ["One", "Two"]


def test_a_table_inside_a_layout_is_a_table() -> None:
    parsed = page(table("<td>Menu", f"<td><h1>Fees</h1>{FEES}"))

    assert parsed.blocks[-1].text == "Kind: day | Fee: 3\nKind: night | Fee: 5"
