from __future__ import annotations

import pytest
from voicehelper.agents.planning.arithmetic import arithmetic
from voicehelper.agents.planning.periods import plain

from tests.support.expressions import value_of_expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("计算 (2400-1800)/1800*100", 100 / 3),
        ("请计算 3.5 × 12 + 8", 50),
        ("1,250.50 + 749.5 等于多少？", 2000),
        ("帮我算一下（1200－300）÷3", 300),
        ("860 的 15% 是多少", 129),
        ("百分之 8 × 500", 40),
        ("3 加 5 乘以 2 等于几", 13),
        ("144 的平方根是多少？", 12),
        ("2 的 10 次方是多少", 1024),
        ("30 是 120 的百分之几？", 25),
        ("90 是 30 的几倍？", 3),
        ("12、15 和 21 的平均数是多少", 16),
        ("4、6、8 的和是多少？", 18),
        ("200 增加 15% 是多少", 230),
        ("1.2 万 × 3 是多少", 36000),
        ("120 元 × 5 = ?", 600),
        ("What is 7.5% of 2,000?", 150),
        ("Calculate (85 + 15) * 3.", 300),
        ("How much is 1,024 divided by 8?", 128),
        ("what's 17 times 6", 102),
        ("Compute 2 to the power of 8", 256),
        ("What is the square root of 81?", 9),
        ("What percentage of 250 is 40?", 16),
        ("40 is what percent of 160?", 25),
        ("What is the average of 4, 8 and 15?", 9),
        ("the sum of 3, 4 and 5", 12),
        ("Increase 80 by 25%", 100),
        ("Decrease 80 by 25%", 60),
        ("$1,500 - $1,200", 300),
        ("2^5 + 1", 33),
        ("20% of 50 plus 5", 15),
        ("-4 + 10", 6),
        ("1500-1200", 300),
        ("sqrt(16) + 2", 6),
        ("evaluate 10 / 4", 2.5),
    ],
)
def test_arithmetic_that_stands_in_the_task_is_read(text: str, value: float) -> None:
    draft = arithmetic(plain(text))

    assert draft
    assert value_of_expression(draft.expression) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "What was decided in 2023-2024?",
        "Is support available 24/7?",
        "What is the warranty of the T-100/200 series?",
        "会议在 2024-03-05 举行吗？",
        "电话 010-62345678 是哪个部门的？",
        "3-5 天能到货吗？",
        "What does clause 4.2 say?",
        "员工手册 (2024) 说了什么？",
        "2023-2024",
        "版本 1.2.3 有什么新功能？",
        "9-5 是上班时间吗？",
        "",
        "+",
        "()",
    ],
)
def test_dates_ranges_and_codes_are_no_arithmetic(text: str) -> None:
    assert arithmetic(plain(text)) is None
