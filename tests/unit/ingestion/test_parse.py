"""One small file of every kind, made here, and what is read from it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from email.message import EmailMessage

import docx
import pptx
import pytest
from pptx.util import Inches
from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import detect_type, parse_document
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.messages.catalogue import codes


def texts(parsed: ParsedDocument) -> list[str]:
    return [block.text for block in parsed.blocks]


def block_with(parsed: ParsedDocument, text: str) -> Block:
    return next(block for block in parsed.blocks if text in block.text)


def code_of(content: bytes, filename: str) -> str:
    with pytest.raises(RejectedError) as caught:
        parse_document(content, filename)
    assert caught.value.reason in codes("ingestion")
    return caught.value.reason


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


CHINESE = "关于调整年度采购计划的通知\n\n经研究决定，本年度采购预算总额调整为三百万元，请各部门按照规定的时间提交申请。"
TRADITIONAL = (
    "關於調整年度採購計畫的通知\n\n經研究決定，本年度採購預算總額調整為三百萬元，請各部門按照規定的時間提交申請。"
)
JAPANESE = (
    "年次有給休暇について\n\n"
    "すべての社員は入社から六か月後に十日の休暇を取ることができます。申請は三日前までに行ってください。"
)
KOREAN = (
    "연차 휴가 안내\n\n"
    "모든 직원은 입사 후 여섯 달이 지나면 열흘의 휴가를 사용할 수 있습니다. 신청은 사흘 전까지 해야 합니다."
)
FRENCH = "Les congés payés sont accordés après six mois. La durée légale dépend de l'ancienneté des salariés protégés."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (CHINESE, "gb2312"),
        (CHINESE, "utf-16"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-8"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
        (FRENCH, "cp1252"),
        ("The interval is 30 days.", "utf-16-le"),
    ],
)
def test_text_is_read_in_any_encoding(text: str, encoding: str) -> None:
    parsed = parse_document(text.encode(encoding), "notice.txt")
    assert parsed.warnings == ()
    assert "".join("".join(texts(parsed)).split()) == "".join(text.split())


def test_broken_bytes_are_replaced_and_named() -> None:
    parsed = parse_document("保修期为二十四个月。".encode() + b"\xff\xfe" + "请妥善保管凭证。".encode(), "a.txt")
    assert parsed.warnings == ("encoding_repaired",)
    assert "二十四个月" in parsed.blocks[0].text


def test_markdown_keeps_headings_code_and_the_columns_of_tables() -> None:
    content = """# Guide

## Setup

Run **this**:

```sh
# not a heading
make
```

| Part | Price |
|---|---:|
| B | 3 |
| C | 4 |

<!-- hidden -->
"""
    parsed = parse_document(content.encode(), "guide.md")
    assert block_with(parsed, "make").kind == "code"
    assert block_with(parsed, "make").heading_path == ("Guide", "Setup")
    assert "Part: C | Price: 4" in block_with(parsed, "Part: C").text
    assert "Run this:" in texts(parsed)
    assert "hidden" not in "".join(texts(parsed))


def test_csv_names_its_columns_only_where_it_has_a_head() -> None:
    headed = parse_document(b"name;city\nAnna;Bonn\nIvo;Graz\nUte;Wien\n", "a.csv")
    bare = parse_document(b"1,Anna,Bonn\n2,Ivo,Graz\n3,Ute,Wien\n", "b.csv")
    assert texts(headed)[1] == "name: Ivo | city: Graz"
    assert headed.blocks[1].place.first_row == 3
    assert texts(bare) == ["1 | Anna | Bonn", "2 | Ivo | Graz", "3 | Ute | Wien"]


def test_equal_neighbours_in_a_csv_are_both_kept() -> None:
    assert texts(parse_document(b"1,yes,yes\n2,no,no\n", "a.csv"))[0] == "1 | yes | yes"


def test_a_page_is_read_without_menus_scripts_and_hidden_text() -> None:
    page = """<html><head><style>.off{display:none}</style></head><body><nav>Menu</nav><div class="sidebar">Ads</div>
    <main><h1>Rules</h1><p>Leave is <b>12</b> days.</p><p style="display:none">secret</p><p class="off">gone</p>
    <h2>Rates</h2><table><tr><th rowspan=2>City</th><th colspan=2>Rate</th></tr><tr><td>low</td><td>high</td></tr>
    <tr><td>Bonn</td><td>80</td><td>95</td></tr></table><script>var x = 1</script></main>
    <footer>(c)</footer></body></html>"""
    parsed = parse_document(page.encode(), "rules.html")
    everything = "\n".join(texts(parsed))
    assert not [word for word in ("Menu", "Ads", "secret", "gone", "var x", "(c)") if word in everything]
    assert block_with(parsed, "Bonn").heading_path == ("Rules", "Rates")
    assert "City: Bonn | Rate low: 80 | Rate high: 95" in block_with(parsed, "Bonn").text


def test_a_word_file_keeps_order_headings_merged_cells_and_lists() -> None:
    document = docx.Document()
    document.styles.add_style("标题 2级", 1)
    document.add_heading("Leave", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "Grade"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Days"
    for place, text in {(1, 1): "new", (1, 2): "old", (2, 0): "A", (2, 1): "12", (2, 2): "15"}.items():
        table.cell(*place).text = text
    document.add_paragraph("细则", style="标题 2级")
    document.add_paragraph("first", style="List Bullet")
    buffer = io.BytesIO()
    document.save(buffer)
    parsed = parse_document(buffer.getvalue(), "leave.docx")
    assert [block.kind for block in parsed.blocks] == ["heading", "paragraph", "table", "heading", "list_item"]
    assert parsed.blocks[2].text == "Grade: A | Days new: 12 | Days old: 15"
    assert parsed.blocks[4].heading_path == ("Leave", "细则")


def test_slides_are_read_in_order_with_groups_tables_and_notes() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Plan"
    below = slide.shapes.add_textbox(Inches(1), Inches(5), Inches(2), Inches(1))
    below.text_frame.text = "last"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(2), Inches(2), Inches(1)).text_frame.text = "grouped"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for place, text in {(0, 0): "Area", (0, 1): "Sales", (1, 0): "East", (1, 1): "12"}.items():
        table.cell(*place).text = text
    slide.notes_slide.notes_text_frame.text = "say hello"
    deck.slides.add_slide(deck.slide_layouts[6])
    buffer = io.BytesIO()
    deck.save(buffer)
    parsed = parse_document(buffer.getvalue(), "plan.pptx")
    assert texts(parsed) == ["Plan", "grouped", "Area: East | Sales: 12", "last", "say hello"]
    assert {(block.place.page, block.heading_path) for block in parsed.blocks} == {(1, ("Plan",))}
    assert parsed.pages_total == 2


NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEETS = '<sheets><sheet name="Prices" r:id="r1"/></sheets>'
STYLES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/></cellXfs>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(rows: list[list[str | float]], merges: str = "", styles: dict[str, int] | None = None) -> bytes:
    cells = [
        "".join(_cell(f"{chr(65 + column)}{row}", value, styles or {}) for column, value in enumerate(values))
        for row, values in enumerate(rows, 1)
    ]
    data = "".join(f'<row r="{row}">{content}</row>' for row, content in enumerate(cells, 1))
    relation = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    inner = relation.format("r1", OFFICE, "worksheet", "s.xml") + relation.format("r2", OFFICE, "styles", "st.xml")
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations.format(relation.format("r1", OFFICE, "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook {NS} xmlns:r="{OFFICE}">{SHEETS}</workbook>',
            "xl/_rels/workbook.xml.rels": relations.format(inner),
            "xl/st.xml": f"<styleSheet {NS}>{STYLES}</styleSheet>",
            "xl/s.xml": f"<worksheet {NS}><sheetData>{data}</sheetData>{merges}</worksheet>",
        }
    )


def _cell(place: str, value: str | float, styles: dict[str, int]) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>' if value else ""
    return f'<c r="{place}" s="{styles.get(place, 0)}"><v>{value!r}</v></c>'


def test_a_sheet_finds_its_head_below_a_title_and_shows_values_as_formatted() -> None:
    rows: list[list[str | float]] = [
        ["Prices 2024", ""],
        ["Part", "Share", "Since"],
        ["bolt", 0.175, 45565.0],
        ["nut", 0.5, 45566.0],
    ]
    merges = '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>'
    parsed = parse_document(workbook(rows, merges, {"B3": 2, "B4": 2, "C3": 1, "C4": 1}), "p.xlsx")
    assert texts(parsed) == [
        "Prices 2024",
        "Part: bolt | Share: 17.5% | Since: 2024-09-30",
        "Part: nut | Share: 50% | Since: 2024-10-01",
    ]
    assert parsed.blocks[1].heading_path == ("Prices", "Prices 2024")
    assert (parsed.blocks[1].place.sheet, parsed.blocks[1].place.first_row) == ("Prices", 3)


def test_a_merged_cell_counts_for_each_of_its_rows() -> None:
    rows: list[list[str | float]] = [["Shelf", "Part"], ["A1", "bolt"], ["", "nut"]]
    parsed = parse_document(workbook(rows, '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'), "p.xlsx")
    assert texts(parsed)[1] == "Shelf: A1 | Part: nut"


def mail(*attachments: tuple[str, bytes], body: str = "See the file.") -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Terms", "a@example.com", "b@example.com"
    message.set_content(body)
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def test_mail_is_read_with_its_attachments_and_names_what_it_could_not_read() -> None:
    parsed = parse_document(mail(("条款.txt", CHINESE.encode("gb18030")), ("tool.exe", b"MZ\x90\0")), "m.eml")
    assert block_with(parsed, "三百万元").place.attachment == "条款.txt"
    assert block_with(parsed, "See the file.").place.attachment is None
    assert parsed.warnings == ("attachment_not_read",)


def png(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


HOSTILE_XML = '<!DOCTYPE x [<!ENTITY a {}>]><w:document xmlns:w="w"><w:body/></w:document>'


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.pdf", "empty_file"),
        (b"book", "a.epub", "unsupported_type"),
        (b"book", "noextension", "unsupported_type"),
        (b"%PDF-1.7 ...", "a.docx", "type_mismatch"),
        (b"not a pdf", "a.pdf", "corrupt"),
        (b"%PDF-1.7 broken", "a.pdf", "corrupt"),
        (b"PK\x03\x04broken", "a.pptx", "corrupt"),
        (png(100, 100), "a.png", "no_text"),
        (png(60_000, 60_000), "a.png", "image_too_large"),
        (bytes(range(256)) * 20, "a.txt", "no_text"),
        (b"<html><script>x</script></html>", "a.html", "no_text"),
        (b"Subject: x\r\n\r\n", "a.eml", "no_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.docx", "password_protected"),
        (
            zipped({"[Content_Types].xml": "", "word/document.xml": HOSTILE_XML.format('"aa"')}),
            "a.docx",
            "entity_expansion",
        ),
        (
            zipped({"[Content_Types].xml": "", "word/document.xml": HOSTILE_XML.format('SYSTEM "file:///etc/passwd"')}),
            "a.docx",
            "external_entity",
        ),
        (zipped({"[Content_Types].xml": "", "word/media/a.bin": bytes(450_000_000)}), "a.docx", "too_large_unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_indexed_says_why(content: bytes, filename: str, code: str) -> None:
    assert code_of(content, filename) == code


def test_the_content_decides_between_sister_formats() -> None:
    assert detect_type(workbook([["a", "b"]]), "old.xls") == "xlsx"
