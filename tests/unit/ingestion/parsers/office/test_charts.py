from __future__ import annotations

from lxml import etree
from voicehelper.ingestion.parsers.office.charts import chart_text

from tests.unit.ingestion.parsers.office.word import lines, paragraph


def points(values: list[str], kind: str = "num", code: str = "") -> str:
    format_code = f"<c:formatCode>{code}</c:formatCode>" if code else ""
    inner = "".join(f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values) if value)
    return f"<c:{kind}Ref><c:f>S!A1</c:f><c:{kind}Cache>{format_code}{inner}</c:{kind}Cache></c:{kind}Ref>"


def series(name: str, categories: list[str], values: list[str], code: str = "", more: str = "") -> str:
    return (
        f"<c:ser><c:tx>{points([name], 'str')}</c:tx>{more}<c:cat>{points(categories, 'str')}</c:cat>"
        f"<c:val>{points(values, code=code)}</c:val></c:ser>"
    )


def title(words: str) -> str:
    return f"<c:title><c:tx><c:rich><a:p><a:r><a:t>{words}</a:t></a:r></a:p></c:rich></c:tx></c:title>"


def axis(kind: str, name: str, words: str = "", more: str = "") -> str:
    return f'<c:{kind}><c:axId val="{name}"/>{title(words) if words else ""}{more}</c:{kind}>'


def chart(plots: str, axes: str = "", words: str = "") -> str:
    area = f"<c:plotArea>{plots}{axes}</c:plotArea>"
    return f"<c:chartSpace><c:chart>{title(words) if words else ''}{area}</c:chart></c:chartSpace>"


def read(content: str) -> list[str]:
    root = content.replace("<c:chartSpace>", '<c:chartSpace xmlns:c="c" xmlns:a="a">')
    return chart_text(etree.fromstring(root)).split("\n")


IDS = '<c:axId val="1"/><c:axId val="2"/>'
QUARTERS = ["Q1", "Q2"]


def test_all_plots_share_their_categories() -> None:
    plots = f"<c:barChart>{series('Orders', QUARTERS, ['1200', '950'], '#,##0')}{IDS}</c:barChart>"
    margin = series("Margin", QUARTERS, ["0.34", "0.305"], "0%")
    plots += f"<c:lineChart>{margin}<c:axId val='1'/><c:axId val='3'/></c:lineChart>"
    axes = axis("catAx", "1", "Quarter") + axis("valAx", "2", "pieces") + axis("valAx", "3")

    assert read(chart(plots, axes, "Sales in 2025")) == [
        "Sales in 2025",
        "Quarter: Q1 | Orders (pieces): 1,200 | Margin: 34%",
        "Quarter: Q2 | Orders (pieces): 950 | Margin: 31%",
    ]


def test_a_chart_of_one_series_has_its_name_for_a_title() -> None:
    assert read(chart(f"<c:barChart>{series('Visitors', QUARTERS, ['8', '9'])}</c:barChart>")) == [
        "Visitors",
        "Q1 | Visitors: 8",
        "Q2 | Visitors: 9",
    ]


def test_data_labels_and_axes_decide_how_values_read() -> None:
    labels = '<c:dLbls><c:numFmt formatCode="0.0%" sourceLinked="0"/></c:dLbls>'
    percent = axis("valAx", "2", more='<c:numFmt formatCode="0%" sourceLinked="0"/>')
    plots = series("A", QUARTERS, ["0.1234", ""], more=labels) + series("B", QUARTERS, ["0.345", "0.2"], "General")

    assert read(chart(f"<c:barChart>{plots}{IDS}</c:barChart>", axis("catAx", "1") + percent)) == [
        "Q1 | A: 12.3% | B: 34.5%",
        "Q2 | B: 20%",
    ]


def test_a_pie_shows_its_shares() -> None:
    labels = '<c:dLbls><c:showPercent val="1"/></c:dLbls>'
    plot = f"<c:pieChart>{series('Staff', ['Plant', 'Office'], ['30', '10'], more=labels)}</c:pieChart>"

    assert read(chart(plot))[1:] == ["Plant | Staff: 30 (75%)", "Office | Staff: 10 (25%)"]


def test_points_of_a_scatter_chart_and_categories_of_two_levels() -> None:
    scatter = (
        f"<c:ser><c:tx>{points(['Probe'], 'str')}</c:tx><c:xVal>{points(['0.5', '2'])}</c:xVal>"
        f"<c:yVal>{points(['7', '8'])}</c:yVal></c:ser>"
    )
    levels = "".join(
        "<c:lvl>" + "".join(f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in level) + "</c:lvl>"
        for level in ([(0, "Q1"), (1, "Q2"), (2, "Q1")], [(0, "2024"), (2, "2025")])
    )
    multi = (
        f"<c:ser><c:cat><c:multiLvlStrRef><c:multiLvlStrCache>{levels}</c:multiLvlStrCache></c:multiLvlStrRef></c:cat>"
        f"<c:val>{points(['1', '2', '3'])}</c:val></c:ser>"
    )
    scattered = chart(
        f"<c:scatterChart>{scatter}{IDS}</c:scatterChart>", axis("valAx", "1", "Depth") + axis("valAx", "2", "pH")
    )

    assert read(scattered)[1:] == ["Depth: 0.5 | Probe (pH): 7", "Depth: 2 | Probe (pH): 8"]
    assert read(chart(f"<c:barChart>{multi}</c:barChart>")) == ["2024 Q1 | 1", "2024 Q2 | 2", "2025 Q1 | 3"]


def test_a_chart_in_word_stands_where_it_is_placed() -> None:
    drawing = (
        '<w:r><w:drawing><a:graphic><a:graphicData><c:chart r:id="x"/></a:graphicData></a:graphic></w:drawing></w:r>'
    )
    content = chart(f"<c:barChart>{series('Visitors', QUARTERS, ['8', '9'])}</c:barChart>", words="Fair")
    found = lines(paragraph("Before") + paragraph(drawing) + paragraph("After"), {"x": ("chart", content)})

    assert found == ["Before", "Fair\nQ1 | Visitors: 8\nQ2 | Visitors: 9", "After"]


def test_a_waterfall_is_read() -> None:
    def dimension(kind: str, of: str, values: list[str]) -> str:
        inner = "".join(f'<x:pt idx="{at}">{value}</x:pt>' for at, value in enumerate(values))
        return f'<x:{kind} type="{of}"><x:lvl formatCode="#,##0">{inner}</x:lvl></x:{kind}>'

    data = dimension("strDim", "cat", ["Opening", "Sales"]) + dimension("numDim", "val", ["1200", "-50"])
    series = '<x:series><x:tx><x:txData><x:v>Cash</x:v></x:txData></x:tx><x:dataId val="0"/></x:series>'
    content = (
        '<x:chartSpace xmlns:x="http://schemas.microsoft.com/office/drawing/2014/chartex">'
        f'<x:chartData><x:data id="0">{data}</x:data></x:chartData>'
        "<x:chart><x:title><x:tx><x:txData><x:v>Year 2025</x:v>"
        f"</x:txData></x:tx></x:title><x:plotArea><x:plotAreaRegion>{series}</x:plotAreaRegion></x:plotArea></x:chart>"
        "</x:chartSpace>"
    )
    drawing = paragraph('<w:r><w:drawing><c:chart r:id="x"/></w:drawing></w:r>')
    found = lines(drawing, {"x": ("chartEx", content)})

    assert found == ["Year 2025\nOpening | Cash: 1,200\nSales | Cash: -50"]
