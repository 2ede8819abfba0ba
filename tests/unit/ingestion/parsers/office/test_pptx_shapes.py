from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pptx
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument

from tests.unit.ingestion.samples import texts

BOX = (Inches(1), Inches(2), Inches(4), Inches(2))
A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def read(change: Callable[[Any], object], title: str = "Plan") -> ParsedDocument:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = title
    change(slide)
    buffer = io.BytesIO()
    deck.save(buffer)
    return parse_document(buffer.getvalue(), "plan.pptx")


def test_a_chart_has_its_title_axes_and_values_as_shown() -> None:
    def add(slide: Any) -> None:
        data: Any = CategoryChartData(number_format="0%")  # type: ignore[no-untyped-call]
        data.categories = ["North", "South"]
        data.add_series("Share", (0.34, 0.66))
        chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
        chart.has_title = True
        chart.chart_title.text_frame.text = "Market in 2025"
        chart.category_axis.has_title = True
        chart.category_axis.axis_title.text_frame.text = "Region"

    assert texts(read(add))[1] == "Market in 2025\nRegion: North | Share: 34%\nRegion: South | Share: 66%"


def test_every_plot_of_a_chart_is_read() -> None:
    def add(slide: Any) -> None:
        data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
        data.categories = ["May", "June"]
        data.add_series("Visits", (120, 95))
        data.add_series("Rating", (4.5, 3))
        chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
        bars = chart.element.find(".//{*}barChart")
        line = etree.SubElement(bars.getparent(), bars.tag.replace("barChart", "lineChart"))
        line.append(bars.findall("{*}ser")[1])
        bars.addnext(line)

    assert texts(read(add))[1] == "May | Visits: 120 | Rating: 4.5\nJune | Visits: 95 | Rating: 3"


def test_smart_art_is_read() -> None:
    namespace = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    points = "".join(
        f'<d:pt modelId="{at}"><d:t><a:p><a:r><a:t>{words}</a:t></a:r></a:p></d:t></d:pt>'
        for at, words in enumerate(["Order arrives", "Pack", "Ship within 2 days"])
    )
    model = f'<d:dataModel xmlns:d="{namespace}" xmlns:a="{A}"><d:ptLst>{points}</d:ptLst></d:dataModel>'

    def add(slide: Any) -> None:
        name = PackURI("/ppt/diagrams/data1.xml")
        part = Part(name, "application/xml", slide.part.package, model.encode())
        reference = slide.part.relate_to(part, RELATIONSHIP_TYPE.DIAGRAM_DATA)
        frame = slide.shapes.add_table(1, 1, *BOX).element
        data = frame.find(".//{*}graphicData")
        data.set("uri", namespace)
        data[:] = [etree.fromstring(f'<d:relIds xmlns:d="{namespace}" xmlns:r="{R}" r:dm="{reference}"/>')]

    assert texts(read(add))[1:] == ["- Order arrives", "- Pack", "- Ship within 2 days"]


R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_numbers_before_paragraphs_are_those_of_the_slide() -> None:
    def add(slide: Any) -> None:
        shape = slide.shapes.add_textbox(*BOX)
        shape.text_frame.text = "Agenda\nOpen\nVote\nCount\nClose"
        schemes = [
            None,
            ("arabicPeriod", 3, 0),
            ("alphaLcParenR", 1, 1),
            ("alphaLcParenR", 1, 1),
            ("arabicPeriod", 3, 0),
        ]
        for paragraph, scheme in zip(shape.element.iter(f"{{{A}}}p"), schemes, strict=True):
            if scheme:
                properties = paragraph.get_or_add_pPr()
                properties.set("lvl", str(scheme[2]))
                etree.SubElement(properties, f"{{{A}}}buAutoNum", type=scheme[0], startAt=str(scheme[1]))

    assert texts(read(add))[1] == "Agenda\n3. Open\na) Vote\nb) Count\n4. Close"


def test_shapes_for_newer_versions_are_read_once() -> None:
    def add(slide: Any) -> None:
        shape = slide.shapes.add_textbox(*BOX)
        shape.text_frame.text = "E = mc²"
        element = shape.element
        mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        alternatives = etree.SubElement(element.getparent(), f"{{{mc}}}AlternateContent")
        choice = etree.SubElement(alternatives, f"{{{mc}}}Choice", Requires="a14")
        choice.append(element)
        etree.SubElement(alternatives, f"{{{mc}}}Fallback")

    assert texts(read(add))[1:] == ["E = mc²"]


def test_a_hidden_slide_is_left_out_with_a_warning() -> None:
    def hide(slide: Any) -> None:
        other = slide.part.package.presentation_part.presentation.slides.add_slide(slide.slide_layout)
        other.shapes.title.text = "Not for guests"
        other.element.set("show", "0")

    document = read(hide)

    assert texts(document) == ["Plan"]
    assert document.warnings == ("hidden_slides",)
