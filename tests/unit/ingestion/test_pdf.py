"""PDF pages made here: order, headings, tables, margins."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table
from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text
from voicehelper.ingestion.parsers.pdf.document import parse

STYLES = getSampleStyleSheet()
WIDTH, HEIGHT = A4
pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def drawn(*pages: Callable[[Canvas], None]) -> ParsedDocument:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return parse(buffer.getvalue(), "made.pdf")


def flowed(story: list[Flowable], columns: int = 1) -> ParsedDocument:
    buffer = io.BytesIO()
    width = (WIDTH - 100) / columns - 10
    frames = [Frame(50 + number * (width + 20), 60, width, HEIGHT - 120) for number in range(columns)]
    template = BaseDocTemplate(buffer, pagesize=A4)
    template.addPageTemplates(PageTemplate(frames=frames))
    template.build(story)
    return parse(buffer.getvalue(), "made.pdf")


def whole(parsed: ParsedDocument) -> str:
    return "\n".join(block.text for block in parsed.blocks)


def sentence(number: int) -> str:
    return f"Sentence {number} tells that the committee reviewed the work of the regional offices with great care. "


def test_columns_are_read_one_after_the_other() -> None:
    parsed = flowed(
        [Paragraph("".join(sentence(n) for n in range(k, k + 5)), STYLES["BodyText"]) for k in range(0, 80, 5)], 2
    )
    found = [int(word) for word in whole(parsed).split() if word.isdigit()]
    assert found == sorted(found)
    assert len(found) == 80


def test_a_ruled_table_names_its_columns_on_every_page_it_runs_over() -> None:
    rows = [["Code", "Meaning", "Remedy"]] + [[f"E{n:03}", f"fault {n}", f"step {n}"] for n in range(90)]
    parsed = flowed([Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)])])
    last = parsed.blocks[-1]
    assert last.text.split("\n")[-1] == "Code: E089 | Meaning: fault 89 | Remedy: step 89"
    assert last.place.page == parsed.pages_total > 1


def test_a_table_without_strokes_names_its_columns() -> None:
    parsed = flowed([Table([["Region", "2023", "2022"], ["North", "120", "95"], ["South", "80", "70"]], colWidths=120)])
    assert "Region: South | 2023: 80 | 2022: 70" in whole(parsed)


def test_running_lines_and_page_numbers_are_left_out_but_repeated_text_is_not() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(60, HEIGHT - 40, "Plant handbook, edition 7")
            canvas.drawCentredString(WIDTH / 2, 30, f"Page {number} of 6")
            canvas.setFont("Helvetica", 11)
            canvas.drawString(60, 500, f"Limit of line {number}: {number * 7} kPa.")
            canvas.drawString(60, 480, "Lock the cover before work.")

        return draw

    text = whole(drawn(*(page(number) for number in range(1, 7))))
    assert "edition 7" not in text
    assert "of 6" not in text
    assert text.count("Lock the cover") == 6


def test_headings_by_size_and_number_make_the_path() -> None:
    story = []
    for chapter in (1, 2):
        story += [Paragraph(f"{chapter} Chapter", STYLES["Heading1"])]
        for part in (1, 2):
            story += [
                Paragraph(f"{chapter}.{part} Part", STYLES["Heading2"]),
                Paragraph(sentence(part) * 4, STYLES["BodyText"]),
            ]
    parsed = flowed(story)
    paths = [block.heading_path for block in parsed.blocks if block.kind == "paragraph"]
    assert paths == [(f"{c} Chapter", f"{c}.{p} Part") for c in (1, 2) for p in (1, 2)]


def test_wrapped_chinese_lines_are_joined_without_spaces() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 12)
        for number, line in enumerate(
            ("凡金额超过人民币一万元的采购事项须由部门负责人审核后报总经", "理批准，并在五个工作日内完成归档。")
        ):
            canvas.drawString(60, 700 - 18 * number, line)

    assert "报总经理批准" in whole(drawn(draw))


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_text_is_read_like_upright_text(angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(angle)
        for number in range(3):
            canvas.drawString(-150, 100 - 14 * number, f"Line number {number} of the turned page.")

    text = whole(drawn(draw))
    assert [int(word) for word in text.split() if word.isdigit()] == [0, 1, 2]


def test_pages_without_text_are_counted_and_named() -> None:
    parsed = drawn(
        lambda c: c.drawString(60, 700, "Only this page has text."), lambda c: c.rect(50, 50, 300, 300, fill=1)
    )
    assert (parsed.pages_total, parsed.pages_with_text) == (2, 1)
    assert parsed.warnings == ("pages_without_text",)


def test_a_scan_is_refused() -> None:
    with pytest.raises(RejectedError, match="text layer"):
        drawn(lambda c: c.rect(50, 50, 300, 300, fill=1))


def test_presentation_forms_become_the_characters_themselves() -> None:
    assert clean_text("进⼊⻚⾯，ﬁle\u00a0x\u00ad") == "进入页面，file x"
