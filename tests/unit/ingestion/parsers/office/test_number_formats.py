from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.ingestion.parsers.office.number_formats import formatted, formatted_text

EURO = '_-* #,##0.00 [$€-407]_-;\\-* #,##0.00 [$€-407]_-;_-* "-"?? [$€-407]_-;_-@_-'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.1234, "0%", "12%"),
        (0.1234, "0.0%", "12.3%"),
        (0.055, "0.0%", "5.5%"),
        (1.005, "0.00", "1.01"),
        (7, "0000", "0007"),
        (1234567, "#,##0", "1,234,567"),
        (-80.5, "#,##0.00;[Red](#,##0.00)", "(80.50)"),
        (-80.5, "0.0", "-80.5"),
        (0, '0.0;-0.0;"none"', "none"),
        (19.9, EURO, "19.90 €"),
        (-19.9, EURO, "-19.90 €"),
        (0, EURO, "- €"),
        (99.5, "[$£-809]#,##0.00", "£99.50"),
        (8, '"¥"#,##0.00', "¥8.00"),
        (12, '0" kg"', "12 kg"),
        (12.5, "0.0 kg", "12.5 kg"),
        (3, '0.00\\ "m³/h"', "3.00 m³/h"),
        (42, '"PO-"00000', "PO-00042"),
        (4930123456, "(000) 000-0000", "(493) 012-3456"),
        (1536000, '0.0,,"M"', "1.5M"),
        (950, '[>=1000]0.0,"k";0', "950"),
        (2600, '[>=1000]0.0,"k";0', "2.6k"),
        (67000, "0.00E+00", "6.70E+04"),
        (67000, "##0.0E+0", "67.0E+3"),
        (0.00031, "0.0E-0", "3.1E-4"),
        (2.75, "# ?/?", "2 3/4"),
        (0.2, "# ??/??", "1/5"),
        (1.5, "# ?/8", "1 4/8"),
        (0.25, ".00", ".25"),
        (12.5, "0.##", "12.5"),
        (1 / 3, "General", "0.3333333333"),
        (0.1 + 0.2, "General", "0.3"),
        (20240917001234, "General", "20240917001234"),
        (5, ";;;", "5"),
        (45717, "dd/mm/yyyy", "01/03/2025"),
        (45717, "d. mmmm yyyy", "1. March 2025"),
        (45717, "dddd", "Saturday"),
        (45717, 'yyyy"年"m"月"d"日";@', "2025年3月1日"),
        (45717, "[$-804]aaaa", "星期六"),
        (45717.6875, "yyyy-mm-dd hh:mm", "2025-03-01 16:30"),
        (0.6875, "h:mm AM/PM", "4:30 PM"),
        (0.6875, '上午/下午h"时"mm"分"', "下午4时30分"),
        (1.75, "[h]:mm", "42:00"),
        (0.0009, "mm:ss.0", "01:17.8"),
    ],
)
def test_numbers_read_as_the_sheet_shows_them(value: float, code: str, shown: str) -> None:
    assert formatted(value, code) == shown


def test_text_goes_through_the_section_for_text() -> None:
    assert formatted_text("17b", '"Room "@') == "Room 17b"
    assert formatted_text("17b", "0;-0;0;[Blue]@") == "17b"
    assert formatted_text("17b", "0.00") == "17b"


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    assert formatted(0, "yyyy-mm-dd", is_1904=True) == "1904-01-01"


@given(st.floats(), st.text(alphabet='0#?.,%/@;[]"\\_*eE+-ymdhsaAMPG$<>= 年', max_size=300))
def test_any_code_gives_a_text(value: float, code: str) -> None:
    assert isinstance(formatted(value, code), str)
