"""Pages whose text is a picture, with what a recogniser would have read; the real one is in tests/integration."""

from __future__ import annotations

import pytest
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.parsers.pdf.scanned import is_scanned
from voicehelper.ingestion.parsers.pdf.scanned_tables import figure_tables, is_table
from voicehelper.ingestion.parsers.pdf.word import Word
from voicehelper.ingestion.parsers.pdf.words import PageWords
from voicehelper.ingestion.recognised import LEAST_CONFIDENCE, Pictures, Recognition
from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage, RecognisedTable

from tests.support.scans import as_file, pdf_of, scan

TEXT = "A page of text that the file holds itself, in a sentence that is long enough to be one."


def page(
    *lines: str, confidence: float = 0.98, rotation: int = 0, tables: tuple[RecognisedTable, ...] = ()
) -> Recognition:
    read = tuple(
        RecognisedLine(line, Box(0.1, 0.05 + 0.04 * at, 0.1 + 0.012 * len(line), 0.07 + 0.04 * at), confidence)
        for at, line in enumerate(lines)
    )
    return Recognition(RecognisedPage(1, read, tables, confidence, rotation, "\n".join(lines)))


def parsed(content: bytes, name: str = "a.pdf", **results: Recognition) -> tuple[ParsedDocument, Pictures]:
    """``results`` by page, as page_2."""
    pictures = Pictures({name.replace("_", ":"): result for name, result in results.items()}, most=50)
    return parse_document(content, name, pictures), pictures


def test_a_scanned_page_is_noted_and_then_stands_between_the_others() -> None:
    content = pdf_of(TEXT, scan("x"), TEXT.replace("A page", "Another page"))

    first, noted = parsed(content)
    second, left = parsed(content, page_2=page("The pump is due in 75 days."))

    assert (noted.pending, left.pending) == (["page:2"], [])
    assert first.pages_recognised == ()
    assert [(block.text, block.place.page, block.place.recognised) for block in second.blocks][1] == (
        "The pump is due in 75 days.", 2, 0.98,
    )  # fmt: skip
    assert (second.pages_recognised, second.pages_with_text, second.warnings) == ((2,), 3, ())
    assert second.layouts[1].words == ("The pump is due in 75 days.",)


def test_a_picture_file_is_a_page_and_what_is_not_recognised_is_no_text() -> None:
    content = as_file(scan("x"))

    waiting, noted = parsed(content, "a.png")
    found, _ = parsed(content, "a.png", page_1=page("Locker 417", rotation=90))

    assert (waiting.blocks, noted.pending) == ((), ["page:1"])
    assert (found.blocks[0].text, found.pages_total, found.layouts[0].turn) == ("Locker 417", 1, 90)


@pytest.mark.parametrize(
    "result", [page("Tbe qump 1s bue", confidence=LEAST_CONFIDENCE - 0.01), Recognition(None, "corrupt")]
)
def test_a_page_that_nobody_can_read_is_reported_and_not_indexed(result: Recognition) -> None:
    document, pictures = parsed(pdf_of(TEXT, scan("x")), page_2=result)

    assert document.warnings == ("pages_not_recognised:2",)
    assert [block.place.page for block in document.blocks] == [1]
    assert (document.pages_recognised, pictures.pending) == ((), [])


def test_a_picture_without_text_is_no_page_that_was_missed() -> None:
    document, _ = parsed(pdf_of(TEXT, scan("x")), page_2=page())

    assert document.warnings == ("pages_without_text",)


def test_only_so_many_pictures_are_noted_and_the_rest_is_reported() -> None:
    pictures = Pictures({"page:1": page("One")}, most=2)

    document = parse_document(pdf_of(*[scan("x")] * 4), "a.pdf", pictures)

    assert pictures.pending == ["page:2"]
    assert "pages_not_recognised:3, 4" in document.warnings


WORDS = [
    Word(text, 10, 10, 40, 20)
    for text in ["The", "valve", "opens", "at", "six", "bar", "and", "closes", "at", "four", "bar", "again"]
]


@pytest.mark.parametrize(
    ("text", "picture_share", "scanned"),
    [
        ("The valve opens at six bar and closes at four bar again", 0.0, False),
        ("The valve opens at six bar and closes at four bar again", 0.9, True),  # the stamp on a scan
        ("The valve opens at six bar and closes at four bar again" * 3, 0.9, False),  # a scan that was read already
        ("!#$ %&' ()* +,/ :;< => ?@[ ]^{ |}~ !#$ %&' ()* +,/ :;< => ?@[", 0.0, True),
        ("1. Contents ................................................. 7", 0.0, False),
        (
            "第一条 标的：注塑外壳模具4套，单价人民币126,000元。第二条总价：人民币伍拾万肆仟元整（¥504,000）。",
            0.0,
            False,
        ),
        ("", 0.0, True),
    ],
)
def test_a_page_is_scanned_without_text_or_with_rubbish(text: str, picture_share: float, scanned: bool) -> None:
    words = [Word(word, 10, 10, 40, 20) for word in text.split()]
    read = PageWords(words, [], 800, len(text), is_blank=False, is_garbage=False, picture_share=picture_share)

    assert is_scanned(read) is scanned


def test_a_form_is_read_line_by_line_under_its_number() -> None:
    lines = ("INVOICE NO: INV-100", "Customer: Microsoft", "Total due: 610.00 USD")

    document, _ = parsed(as_file(scan("x")), "a.png", page_1=page(*lines))

    assert "\n".join(block.text for block in document.blocks) == "\n".join(lines)
    assert {block.heading_path for block in document.blocks} == {("INVOICE NO: INV-100",)}


def test_the_few_words_of_a_ticket_are_one_statement() -> None:
    document, _ = parsed(as_file(scan("x")), "a.png", page_1=page("K051971", "南丰站 D6502 南昌站", "¥53.0元 二等座"))

    assert [block.text for block in document.blocks] == ["K051971 南丰站 D6502 南昌站 ¥53.0元 二等座"]


def test_a_recognised_table_is_a_table_like_every_other() -> None:
    rows = (("Part", "Price"), ("Pump", "12.50"), ("Seal", "3.10"))
    table = RecognisedTable(rows, Box(0.0, 0.2, 1.0, 0.5))

    document, _ = parsed(as_file(scan("x")), "a.png", page_1=page("Prices", tables=(table,)))

    assert [(block.kind, block.text) for block in document.blocks] == [
        ("paragraph", "Prices"),
        ("table", "Part: Pump | Price: 12.50\nPart: Seal | Price: 3.10"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((("Part", "Price"), ("Pump", "12")), True),
        ((("Headquarters", "", "INV-100"), ("123 Street", "", "11/15"), ("New York", "", "12/15")), False),
        ((("Sum",), ("12",)), False),
        ((("Part", "Price"),), False),
        ((("", "2023", ""), ("Part", "Price", "Days"), ("Pump", "12", "3"), ("Seal", "3", "2")), True),
    ],
)
def test_rows_have_columns(rows: tuple[tuple[str, ...], ...], expected: bool) -> None:
    assert is_table(rows) is expected


def test_the_sign_of_a_thousandth_is_not_read_as_a_percentage() -> None:
    document, _ = parsed(as_file(scan("x")), "a.png", page_1=page("每日按0.5%0支付，折扣5%，共100%。"))

    assert [block.text for block in document.blocks] == ["每日按0.5‰支付，折扣5%，共100%。"]


def test_two_tables_below_each_other_have_their_own_columns() -> None:
    rows = (
        ("File", "Kind", "Date", "Sum"),
        ("a.pdf", "hotel", "2026-03-22", "17.20"),
        ("Each row has:", "", "", ""),
        ("Column", "", "Meaning", ""),
        ("Kind", "", "one of eight", ""),
        ("Sum", "", "with tax", ""),
    )
    table = RecognisedTable(rows, Box(0.0, 0.2, 1.0, 0.5))

    document, _ = parsed(as_file(scan("x")), "a.png", page_1=page("Prices", tables=(table,)))

    lines = [line for block in document.blocks for line in block.text.split("\n")]
    assert lines == [
        "Prices",
        "File: a.pdf | Kind: hotel | Date: 2026-03-22 | Sum: 17.20",
        "Each row has:",
        "Column: Kind | Meaning: one of eight",
        "Column: Sum | Meaning: with tax",
    ]


def test_sums_below_a_table_stay_in_its_columns() -> None:
    rows = (
        ("Part", "Price", "Number", "Sum"),
        ("Pump", "12", "2", "24"),
        ("Net", "", "", "24"),
        ("Tax", "", "", "2"),
        ("Total", "", "", "26"),
    )
    table = RecognisedTable(rows, Box(0.0, 0.2, 1.0, 0.5))

    document, _ = parsed(as_file(scan("x")), "a.png", page_1=page("Prices", tables=(table,)))

    assert document.blocks[1].text.split("\n")[-1] == "Part: Total | Sum: 26"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((("Part", "Price"), ("Pump", "12"), ("Seal", "3"), ("Valve", "7")), 1),
        ((("Agent", "Chat"), ("Customization", "Patterns")), 0),
        ((("Home", "Time", "Go"), ("Chart", "", ""), ("30", "", "o"), ("2017", "", "2018"), ("Dark", "", "")), 0),
    ],
    ids=["table", "diagram", "screen"],
)
def test_only_full_rows_of_a_picture_are_a_table(rows: tuple[tuple[str, ...], ...], expected: int) -> None:
    found = RecognisedPage(1, (), (RecognisedTable(rows, Box(0, 0, 1, 1)),), 0.98, 0, "")

    assert len(figure_tables(found)) == expected
