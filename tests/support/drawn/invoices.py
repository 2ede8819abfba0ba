"""A Chinese VAT invoice as people photograph it: parties, a ruled table of seven columns, sums."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageDraw

from tests.support.drawn.pages import font
from tests.support.drawn.tables import Sheet, draw_table

_LINES: Final = (
    ["*纺织产品*纯棉毛巾", "34×76cm", "条", "120", "12.50", "1500.00", "13%"],
    ["*信息技术服务*云存储服务费（年度订阅）", "企业版", "项", "1", "8600.00", "8600.00", "6%"],
    ["*办公用品*A4复印纸", "70g 500张", "箱", "30", "118.00", "3540.00", "13%"],
)
# As they are read: brackets are narrow, and what wraps is one cell.
INVOICE_LINES: Final = {line[0].translate(str.maketrans("（）", "()")): [*line] for line in _LINES}
for _read, _line in INVOICE_LINES.items():
    _line[0] = _read


def draw_invoice() -> Image.Image:
    heads = ["项目名称", "规格型号", "单位", "数量", "单价", "金额", "税率"]
    rows = [heads, *_LINES, ["合计", "", "", "", "", "13640.00", ""]]
    table = draw_table(Sheet(rows, [330, 150, 80, 80, 130, 140, 90]))
    page = Image.new("L", (table.width, table.height + 420), 255)
    page.paste(table, (0, 250))
    draw = ImageDraw.Draw(page)
    for x, y, pixels, text in (
        (380, 40, 38, "增值税电子普通发票"),
        (90, 120, 26, "发票号码：24312000000123456789"),
        (700, 120, 26, "开票日期：2024年03月05日"),
        (90, 180, 26, "购买方名称：苏州云梯科技有限公司"),
        (90, 230, 26, "销售方名称：上海晨光纺织品有限公司"),
        (90, table.height + 200, 26, "税额合计：¥1773.20"),
        (90, table.height + 260, 26, "价税合计（小写）"),
        (700, table.height + 260, 26, "¥15,413.20"),
    ):
        draw.text((x, y), text, font=font("sans", pixels), fill=0)
    return page
