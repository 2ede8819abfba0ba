"""Writes yunti-t1-manual.pdf, the fictional product manual that the README asks its first questions about.

Usage: `python demo/make_demo.py FONT.ttc`, with any TrueType font that has Chinese glyphs. The text is the project's
own, and ``invariant`` makes equal input give equal bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

TITLE = "云梯 T1 净水器使用手册 / Yunti T1 Water Purifier Manual"
# Pages of (kind, content): "h" is a heading, "p" a paragraph, "t" a table as rows of cells.
PAGES: list[list[tuple[str, str | list[list[str]]]]] = [
    [
        ("h", "第1章 安装 / Installation"),
        ("p", "云梯 T1 应安装在水槽下方，进水压力须在 0.1 至 0.4 兆帕之间；水压过高时请加装减压阀。"),
        ("p", "Install the Yunti T1 under the sink. The inlet pressure must be between 0.1 and 0.4 MPa; "
              "fit a pressure regulator where it is higher."),
        ("p", "首次通水后请放水 15 分钟再饮用，以冲洗滤芯中的活性炭粉末。"),
        ("p", "Let the water run for 15 minutes before you drink it for the first time: this flushes carbon dust."),
    ],
    [
        ("h", "第2章 使用 / Operation"),
        ("p", "面板绿灯常亮表示水质正常；橙灯闪烁表示滤芯剩余寿命不足 10%；红灯常亮表示漏水保护已启动，请立即关闭进水阀。"),
        ("p", "A steady green light means good water. A blinking orange light means that less than 10 % of the filter's "
              "life is left. A steady red light means that the leak protection has closed the inlet."),
        ("p", "外出超过三天时，请关闭进水阀并拔下电源；回来后放水 5 分钟。"),
    ],
    [
        ("h", "第3章 滤芯更换 / Replacing filters"),
        ("p", "云梯 T1 有三支滤芯。前置 PP 棉滤芯每 6 个月更换一次，活性炭滤芯每 12 个月更换一次，"
              "反渗透滤芯每 24 个月更换一次。"),
        ("t", [["滤芯 / Filter", "更换周期 / Interval", "参考价 / Price"],
               ["PP 棉 / PP cotton", "6 个月 / 6 months", "59 元"],
               ["活性炭 / Carbon", "12 个月 / 12 months", "129 元"],
               ["反渗透 / Reverse osmosis", "24 个月 / 24 months", "399 元"]]),
        ("p", "更换步骤：先关闭进水阀，再按下泄压按钮三秒，逆时针旋出旧滤芯，装入新滤芯后长按复位键五秒。"),
        ("p", "To replace a filter: close the inlet valve, press the pressure release for three seconds, turn the old "
              "filter counter-clockwise, fit the new one and hold the reset key for five seconds."),
    ],
    [
        ("h", "第4章 保修与服务 / Warranty and service"),
        ("p", "整机保修期为 36 个月，自发票日期起计算；滤芯属于耗材，不在保修范围内。"),
        ("p", "The warranty lasts 36 months from the date of the invoice. Filters are consumables and not covered."),
        ("p", "服务热线：400-555-0136，服务时间为工作日 9:00 至 18:00。漏水故障 24 小时内上门。"),
        ("p", "Service line: 400-555-0136, weekdays from 9:00 to 18:00. A leak is attended to within 24 hours."),
    ],
]  # fmt: skip


def write_manual(font_path: str) -> None:
    pdfmetrics.registerFont(TTFont("cjk", font_path, subfontIndex=0))
    body = ParagraphStyle("body", fontName="cjk", fontSize=11, leading=18, wordWrap="CJK", spaceAfter=6)
    latin = ParagraphStyle("latin", parent=body, wordWrap=None)
    heading = ParagraphStyle("heading", parent=body, fontSize=16, leading=24, spaceAfter=10)
    story: list[object] = [Paragraph(TITLE, ParagraphStyle("title", parent=heading, fontSize=18, leading=28))]
    for number, page in enumerate(PAGES):
        for kind, content in page:
            if isinstance(content, list):
                table_style = TableStyle(
                    [("FONT", (0, 0), (-1, -1), "cjk", 10), ("GRID", (0, 0), (-1, -1), 0.5, "#888888")]
                )
                story += [Table(content, style=table_style, hAlign="LEFT"), Spacer(1, 10)]
            else:
                style = heading if kind == "h" else latin if content.isascii() else body
                story.append(Paragraph(content, style))
        if number < len(PAGES) - 1:
            story.append(PageBreak())
    target = Path(__file__).with_name("yunti-t1-manual.pdf")
    SimpleDocTemplate(str(target), pagesize=A4, title=TITLE, invariant=True).build(story)


if __name__ == "__main__":
    write_manual(sys.argv[1])
