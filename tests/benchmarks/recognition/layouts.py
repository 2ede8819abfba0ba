"""Tables of drawn layouts, other than those of the tests: what stands in them is drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from tests.support.drawn.tables import Sheet, Style

RULED: Final[tuple[Style, ...]] = ("ruled", "open", "shaded")
UNRULED: Final[tuple[Style, ...]] = ("booktabs", "plain")
_ZH: Final = [
    "设备",
    "合同",
    "门店",
    "仓库",
    "华东",
    "研发",
    "质检",
    "采购",
    "备件",
    "维修",
    "订单",
    "客户",
    "项目",
    "周期",
    "运输",
    "验收",
    "付款",
    "保修",
    "库存",
    "班次",
]
_EN: Final = [
    "pump",
    "valve",
    "region",
    "invoice",
    "north",
    "service",
    "order",
    "client",
    "repair",
    "stock",
    "freight",
    "lease",
    "motor",
    "panel",
    "audit",
]
_HEADS: Final = {
    "zh": ["编号", "名称", "部门", "负责人", "数量", "金额（元）", "日期", "状态"],
    "en": ["Code", "Name", "Team", "Owner", "Count", "Amount", "Date", "State"],
}

Cell = Callable[[random.Random], str]


def sheets(styles: tuple[Style, ...], count: int, *, seed: int = 3) -> Iterator[Sheet]:
    for index in range(count):
        yield _sheet(random.Random(seed * 1000 + index), styles[index % len(styles)], "zh" if index % 2 else "en")


def _sheet(draw: random.Random, style: Style, language: str) -> Sheet:
    columns = draw.randint(3, 7)
    words = _ZH if language == "zh" else _EN
    kinds = [_kind(draw, words, language, index) for index in range(columns)]
    heads: list[str | None] = list(draw.sample(_HEADS[language], columns))
    rows: list[list[str | None]] = [[kind(draw) for kind in kinds] for _ in range(draw.randint(3, 9))]
    if columns > 4 and style in RULED and draw.random() < 0.5:
        rows.insert(0, heads)
        heads = [heads[0], "年度预算" if language == "zh" else "Budget of the year", None, *heads[3:]]
    width = 150 if columns > 5 else 190
    return Sheet(
        [heads, *rows],
        [width + draw.randint(0, 90) for _ in range(columns)],
        style,
        face=draw.choice(("sans", "serif")),
        pixels=draw.choice((22, 25, 28)),
        title=draw.choice(("", " ".join(draw.sample(words, 2)))),
        centred=draw.random() < 0.3,
        numbers_right=draw.random() < 0.5,
    )


def _kind(draw: random.Random, words: list[str], language: str, column: int) -> Cell:
    joint = "" if language == "zh" else " "
    kinds: list[Cell] = [
        lambda d: f"{d.choice('ABCK')}{d.choice('-0')}{d.randint(100, 9999)}",
        lambda d: joint.join(d.sample(words, 2)),
        lambda d: joint.join(d.sample(words, d.choice((2, 2, 5)))),
        lambda d: f"{d.randint(1, 99_999):,}.{d.randint(0, 99):02}",
        lambda d: f"20{d.randint(10, 29)}-{d.randint(1, 12):02}-{d.randint(1, 28):02}",
        lambda d: str(d.randint(1, 400)),
    ]
    return kinds[draw.randrange(2)] if column == 0 else draw.choice(kinds[1:])
