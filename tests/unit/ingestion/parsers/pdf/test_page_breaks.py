from __future__ import annotations

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from tests.unit.ingestion.parsers.pdf.pages import HEIGHT, STYLES, parse_drawn, parse_flowed, sentence, whole_text

FILLER = ["The crane is checked every week by the foreman.", "Loads are never moved over people or open doors."] * 8


def page(
    *lines: str, head: str = "", number: str = "", notes: tuple[str, ...] = (), font: str = "Helvetica"
) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, HEIGHT - 40, head)
        canvas.drawString(290, 30, number)
        for at, note in enumerate(notes):
            canvas.drawString(60, 70 - 10 * at, note)
        canvas.setFont(font, 11)
        for at, line in enumerate(lines):
            canvas.drawString(60, HEIGHT - 80 - 16 * at, line)

    return draw


@pytest.mark.parametrize(
    "whole",
    [
        "The hoist may lift a load of / 850 kilograms at most.",
        "Keys of the crane are kept by the / Harbour Master in the tower.",
        "The inspector writes his report, then / sends it to the office.",
        "Der Kran wird geprüft durch den / Sachverständigen der Firma.",
        "Damage is reported to the office within / 12 hours in writing.",
        "The hire of the crane for one day costs EUR / 1,450 with its driver.",
        "The cable is part of the certi-/fied equipment of the yard.",
    ],
)
def test_a_sentence_over_a_page_break_stands_on_its_first_page(whole: str) -> None:
    end, beginning = whole.split("/")
    note = "1 See also the rules of the port."
    parsed = parse_drawn(
        page(*FILLER, end.strip(), head="Crane rules, edition 3", number="1", notes=(note,)),
        page(f"{beginning.strip()} Ask there.", *FILLER, head="Crane rules, edition 3", number="2"),
    )
    (block,) = [block for block in parsed.blocks if whole.replace("-/", "").replace(" / ", " ") in block.text]

    assert block.place.page == 1
    assert [block.place.page for block in parsed.blocks if "Ask there." in block.text] == [2]
    assert note in whole_text(parsed)


def test_a_chinese_sentence_over_a_page_break_is_whole() -> None:
    lines = ["起重机由班组长每周检查一次，检查结果记入设备台账并保存三年，任何人不得更改。"] * 6
    end = "新员工上岗之前必须参加由安全部组织的起重作业培训，考核不合格的人员不得操作起"
    parsed = parse_drawn(
        page(*lines, end, number="1", font="STSong-Light"),
        page("重机。其他规定见附录。", *lines, number="2", font="STSong-Light"),
    )
    (block,) = [block for block in parsed.blocks if "不得操作起重机。" in block.text]

    assert block.place.page == 1


@pytest.mark.parametrize(
    ("end", "beginning"),
    [
        ("The rules end here.", "and so on"),
        ("List of telephone numbers", "Crane driver of the north yard"),
        ("It applies to all of the", "2. Loads"),
    ],
)
def test_what_is_no_sentence_is_not_joined(end: str, beginning: str) -> None:
    parsed = parse_drawn(page(*FILLER, end), page(beginning, "", *FILLER))

    assert beginning not in "".join(block.text for block in parsed.blocks if block.place.page == 1)


def test_a_sentence_over_a_column_break_is_whole() -> None:
    story = [Paragraph("".join(sentence(n) for n in range(60)), STYLES["BodyText"])]
    text = whole_text(parse_flowed(story, 2)).replace("\n", "|")

    assert all(sentence(n).strip() in text for n in range(60))


def test_small_rows_at_the_top_of_a_page_stay_with_their_table() -> None:
    def rows(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        for at, cells in enumerate([("Yard", "Cranes"), ("North", "12"), ("South", "7")]):
            canvas.drawString(60, HEIGHT - 130 - 30 * at, cells[0])
            canvas.drawString(260, HEIGHT - 130 - 30 * at, cells[1])

    assert "Yard: South | Cranes: 7" in whole_text(parse_drawn(page(*FILLER), rows))
