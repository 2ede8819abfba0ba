from __future__ import annotations

from tests.unit.ingestion.parsers.office.word import field, lines, paragraph, read_word, text

SECTION = "<w:sectPr>{}</w:sectPr>"


def references(*kinds: tuple[str, str, str], more: str = "") -> str:
    """(header or footer, type, name of the part)"""
    return SECTION.format("".join(f'<w:{k}Reference w:type="{t}" r:id="{n}"/>' for k, t, n in kinds) + more)


def test_headers_and_footers_are_read_once_without_page_numbers() -> None:
    footer = paragraph(text("QM-204 rev. C") + "<w:r><w:tab/></w:r>" + text("Page ") + field("PAGE", "3") + text(" of ")
                       + field("NUMPAGES \\* MERGEFORMAT", "12"))  # fmt: skip
    header = paragraph("Keep for seven years") + paragraph(
        text("第 ") + '<w:fldSimple w:instr=" PAGE "><w:r><w:t>2</w:t></w:r></w:fldSimple>' + text(" 页 共 ")
        + field("NUMPAGES", "9") + text(" 页")
    )  # fmt: skip
    parts = {
        "h": ("header", f"<w:hdr>{header}</w:hdr>"),
        "f": ("footer", f"<w:ftr>{footer}</w:ftr>"),
        "g": ("footer", f"<w:ftr>{footer}{paragraph('- ' + '7 -')}</w:ftr>"),
    }
    section = references(("header", "default", "h"), ("footer", "default", "f"))
    body = paragraph("Text", properties=section) + references(("header", "default", "h"), ("footer", "default", "g"))
    document = read_word(paragraph("First") + body, parts)

    assert [block.text for block in document.blocks] == ["First", "Text", "Keep for seven years", "QM-204 rev. C"]
    assert {block.kind for block in document.blocks[2:]} == {"notes"}


def test_a_header_may_hold_a_table_and_text_boxes() -> None:
    cells = "".join(f"<w:tc>{paragraph(words)}</w:tc>" for words in ("Document no. 4711", "Revision 3"))
    boxed = f"<w:r><w:pict><w:txbxContent>{paragraph('Valid from 1 July')}</w:txbxContent></w:pict></w:r>"
    header = f"<w:hdr><w:tbl><w:tr>{cells}</w:tr></w:tbl>{paragraph(boxed)}</w:hdr>"
    found = lines(paragraph("Text") + references(("header", "default", "h")), {"h": ("header", header)})

    assert found[1:] == ["Document no. 4711 | Revision 3", "Valid from 1 July"]


def test_headers_of_pages_that_the_document_does_not_have_are_left_out() -> None:
    parts = {name: ("header", f"<w:hdr>{paragraph(name)}</w:hdr>") for name in ("first", "even", "default")}
    kinds = [("header", name, name) for name in ("first", "even", "default")]

    assert lines(paragraph("Text") + references(*kinds), parts)[1:] == ["default"]
    assert lines(paragraph("Text") + references(*kinds, more="<w:titlePg/>"), parts)[1:] == ["first", "default"]


def test_comments_stand_behind_the_text_with_their_words() -> None:
    words = paragraph("Checked with the supplier.")
    comment = f'<w:comments><w:comment w:id="4" w:author="Ute">{words}</w:comment></w:comments>'
    marks = '<w:commentRangeStart w:id="4"/>{}<w:commentRangeEnd w:id="4"/>'
    body = paragraph(text("The load is ") + marks.format(text("40 kg")) + text("."))

    assert lines(body, {"comments": ("comments", comment)}) == [
        "The load is 40 kg.",
        "Comment on “40 kg”: Checked with the supplier.",
    ]


def test_tracked_changes_content_controls_and_placeholders() -> None:
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{text('Bonn')}</w:sdtContent></w:sdt>"
    empty = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{text('Click here')}</w:sdtContent></w:sdt>"
    change = f"<w:del><w:r><w:delText>30</w:delText></w:r></w:del><w:ins>{text('45')}</w:ins>"
    row = "<w:tr>{}<w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    rows = [("", "Part", "Price"), ("", "bolt", "3"), ("<w:trPr><w:del/></w:trPr>", "nut", "9")]
    table = "".join(row.format(change_of, paragraph(a), paragraph(b)) for change_of, a, b in rows)
    found = lines(paragraph(f"{text('Town: ')}{filled}{empty}") + paragraph(change) + f"<w:tbl>{table}</w:tbl>")

    assert found == ["Town: Bonn", "45", "Part: bolt | Price: 3"]


def test_ticks_in_symbol_fonts_are_read() -> None:
    body = paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + text(" approved"))

    assert lines(body) == ["☑ approved"]
