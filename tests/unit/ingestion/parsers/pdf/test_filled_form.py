from __future__ import annotations

import io
from collections.abc import Callable
from typing import cast

import pypdf
import pytest
from pypdf.generic import ArrayObject, NameObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from voicehelper.ingestion.parsers.pdf.document import parse

from tests.unit.ingestion.parsers.pdf.pages import whole_text


def form(draw: Callable[[Canvas], None], change: Callable[[pypdf.PdfWriter], None] | None = None) -> str:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.drawString(60, 780, "Application for a parking space in the garage of the north building")
    draw(canvas)
    canvas.showPage()
    canvas.save()
    if change:
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(buffer.getvalue()))
        change(writer)
        buffer = io.BytesIO()
        writer.write(buffer)
    return whole_text(parse(buffer.getvalue(), "form.pdf"))


def field(canvas: Canvas, x: float, y: float, value: str, width: float = 150, height: float = 18) -> None:
    canvas.acroForm.textfield(name=f"f{x}-{y}", x=x, y=y, width=width, height=height, value=value, maxlen=500)


def without_appearances(writer: pypdf.PdfWriter) -> None:
    for annotation in cast("ArrayObject", writer.pages[0]["/Annots"]):
        annotation.get_object().pop(NameObject("/AP"), None)
    writer.set_need_appearances_writer(True)


@pytest.mark.parametrize("change", [None, without_appearances])
def test_a_value_stands_behind_its_label(change: Callable[[pypdf.PdfWriter], None] | None) -> None:
    def draw(canvas: Canvas) -> None:
        for at, (label, value) in enumerate([("Name:", "Ines Duarte"), ("Number plate", "HH-ZB 418"), ("Level", "3")]):
            canvas.drawString(60, 700 - 30 * at, label)
            field(canvas, 200, 696 - 30 * at, value)
        canvas.drawString(60, 560, "Handed out by the porter.")

    assert form(draw, change).split("\n")[-4:] == [
        "Name: Ines Duarte",
        "Number plate: HH-ZB 418",
        "Level: 3",
        "Handed out by the porter.",
    ]


def test_fields_side_by_side_keep_their_own_labels() -> None:
    def draw(canvas: Canvas) -> None:
        for at, row in enumerate([("Name", "Duarte", "First name", "Ines"), ("Town", "Porto", "Code", "4000-01")]):
            canvas.drawString(60, 700 - 30 * at, row[0])
            field(canvas, 120, 696 - 30 * at, row[1], 120)
            canvas.drawString(300, 700 - 30 * at, row[2])
            field(canvas, 380, 696 - 30 * at, row[3], 120)

    text = form(draw)

    assert "Name: Duarte | First name: Ines" in text
    assert "Town: Porto | Code: 4000-01" in text


def test_a_label_above_its_field_names_the_value() -> None:
    def draw(canvas: Canvas) -> None:
        for at, (label, value) in enumerate([("Reason", "Night shifts, no bus"), ("Remarks", "Needs a charger")]):
            canvas.drawString(60, 700 - 60 * at, label)
            field(canvas, 60, 676 - 60 * at, value, 300)

    text = form(draw)

    assert "Reason: Night shifts, no bus" in text
    assert "Remarks: Needs a charger" in text


def test_a_list_shows_what_is_chosen() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Garage:")
        options = [("North deck", "n"), ("South deck", "s")]
        canvas.acroForm.choice(name="c", x=200, y=696, width=100, height=18, options=options, value="s")

    assert "Garage: South deck" in form(draw)


def test_boxes_say_whether_they_are_ticked() -> None:
    def draw(canvas: Canvas) -> None:
        for at, (label, checked) in enumerate([("Electric car", True), ("Trailer", False), ("带充电桩", True)]):
            canvas.acroForm.checkbox(name=label, x=60, y=698 - 30 * at, size=12, checked=checked)
            canvas.setFont("STSong-Light" if label[0] > "z" else "Helvetica", 12)
            canvas.drawString(80, 700 - 30 * at, label)

    text = form(draw)

    assert "☒ Electric car: yes" in text
    assert "☐ Trailer: no" in text
    assert "☒ 带充电桩: 是" in text


def test_the_chosen_one_of_several_buttons_is_marked() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Paid by:")
        for at, label in enumerate(["invoice", "salary"]):
            canvas.acroForm.radio(name="pay", value=label, selected=at == 1, x=150 + 100 * at, y=698, size=12)
            canvas.drawString(170 + 100 * at, 700, label)

    text = form(draw)

    assert "☐ invoice" in text
    assert "☒ salary" in text


def test_the_line_that_was_written_on_goes_and_other_lines_stay() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Deputy: ____________________")
        field(canvas, 105, 698, "Ola Nordin")
        canvas.drawString(60, 670, "Signature: ____________________")

    text = form(draw)

    assert "Deputy: Ola Nordin" in text
    assert "Signature: ____" in text


def test_a_table_to_fill_in_keeps_its_columns() -> None:
    def draw(canvas: Canvas) -> None:
        for at, cells in enumerate([("Day", "From", "To"), ("Monday", "07:00", "15:30"), ("Friday", "08:15", "12:00")]):
            canvas.drawString(60, 700 - 24 * at, cells[0])
            for column, cell in enumerate(cells[1:]):
                x = 200 + 120 * column
                if at:
                    field(canvas, x, 697 - 24 * at, cell, 100)
                else:
                    canvas.drawString(x, 700, cell)

    assert "Day: Friday | From: 08:15 | To: 12:00" in form(draw)


def test_an_empty_form_reads_as_before() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Name:")
        field(canvas, 200, 696, "")

    assert form(draw).endswith("Name:")


def test_a_field_without_a_label_is_read_under_its_name() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.acroForm.textfield(
            name="x1", tooltip="Badge number", x=200, y=400, width=100, height=18, value="77-B", maxlen=50
        )

    assert "Badge number: 77-B" in form(draw)


def test_a_ruled_form_has_no_row_of_column_names() -> None:
    def draw(canvas: Canvas) -> None:
        for at, row in enumerate([("Driver", "Akim", "Van", "V-12"), ("From", "Ghent", "To", "Lille")]):
            for column, (label, value) in enumerate(zip(row[::2], row[1::2], strict=True)):
                x, y = 60 + 220 * column, 690 - 24 * at
                canvas.rect(x, y, 80, 24)
                canvas.rect(x + 80, y, 140, 24)
                canvas.drawString(x + 4, y + 8, label)
                field(canvas, x + 84, y + 3, value, 120)

    assert form(draw).split("\n")[-2:] == ["Driver: Akim | Van: V-12", "From: Ghent | To: Lille"]


def test_a_request_that_ends_in_a_stop_gets_no_colon() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Say what happened.")
        field(canvas, 60, 676, "A ladder slipped.", 300)

    assert "Say what happened. A ladder slipped." in form(draw)
