"""Large type of screens, drawings and logos on recognised pages."""

from __future__ import annotations

from voicehelper.ingestion.parsers.pdf.headings import BODY, Decision
from voicehelper.ingestion.parsers.pdf.lines import Line, Segment
from voicehelper.ingestion.parsers.pdf.scanned_headings import repeated_texts, without_labels
from voicehelper.ingestion.parsers.pdf.word import Word

HEADING, TEXT = Decision(105, "larger_and_short"), Decision(BODY, "plain_text")


def lines(*texts: str) -> list[Line]:
    words = [Word(text, 50, 20 * at, 200, 20 * at + 10) for at, text in enumerate(texts)]
    return [Line([Segment([word], 50, word.top, 200, word.bottom, at)], 0, 50, 500) for at, word in enumerate(words)]


def headings(*texts: str, text: tuple[str, ...] = (), repeated: frozenset[str] = frozenset()) -> list[str]:
    """What stays a heading; ``text`` are those that never were."""
    page = lines(*texts)
    decisions = [TEXT if line.text in text else HEADING for line in page]
    return [line.text for line, kept in zip(page, without_labels(page, decisions, repeated), strict=True) if kept.level]


def test_buttons_below_each_other_are_no_headings() -> None:
    assert headings("Open", "Landscape", "Start", "Press start.", text=("Press start.",)) == []


def test_numbered_headings_around_a_screen_stay() -> None:
    texts = ("5. Sheets", "Total", "Open", "Close", "6. The web", "It is finer.")

    assert headings(*texts, text=("It is finer.",)) == ["5. Sheets", "6. The web"]


def test_a_title_with_a_subtitle_above_text_stays() -> None:
    assert headings("Manual", "Second edition", "It says.", text=("It says.",)) == ["Manual", "Second edition"]


def test_chapters_of_a_list_stay() -> None:
    assert headings("1. Aims", "2. Means", "2.1 Staff", "2.2 Rooms") == [
        "1. Aims",
        "2. Means",
        "2.1 Staff",
        "2.2 Rooms",
    ]


def test_what_stands_on_three_pages_is_the_name_of_a_program() -> None:
    repeated = repeated_texts([lines("FlowInvoice"), lines("Flowlnvoice", "Hotel"), lines("(FlowInvoice)", "Hotel")])

    assert headings("FlowInvoice", "Text.", "Hotel", text=("Text.",), repeated=repeated) == ["Hotel"]


def test_boxes_side_by_side_are_no_heading() -> None:
    assert headings("Read Datanodes Datanodes", "It says.", text=("It says.",)) == []


def test_a_page_without_lines_has_no_headings() -> None:
    assert headings() == []
