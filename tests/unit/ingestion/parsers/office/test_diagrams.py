from __future__ import annotations

from lxml import etree
from voicehelper.ingestion.parsers.office.diagrams import diagram_items

from tests.unit.ingestion.parsers.office.word import lines, paragraph


def point(name: str, text: str = "", kind: str = "node") -> str:
    body = f"<dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t>" if text else ""
    return f'<dgm:pt modelId="{name}" type="{kind}">{body}</dgm:pt>'


def link(source: str, target: str, order: int) -> str:
    return f'<dgm:cxn modelId="c{source}{target}" srcId="{source}" destId="{target}" srcOrd="{order}"/>'


def model(points: str, links: str = "") -> str:
    return f"<dgm:dataModel><dgm:ptLst>{points}</dgm:ptLst><dgm:cxnLst>{links}</dgm:cxnLst></dgm:dataModel>"


POINTS = point("0", kind="doc") + point("1", "Head") + point("3", "Stores") + point("2", "Plant") + point("4", "Lab")
TREE = model(POINTS, link("0", "1", 0) + link("1", "2", 0) + link("1", "3", 1) + link("2", "4", 0))


def test_a_diagram_in_word_is_read_in_the_order_of_its_tree() -> None:
    drawing = (
        "<w:r><w:drawing><a:graphic><a:graphicData><dgm:relIds r:dm='d'/></a:graphicData></a:graphic></w:drawing></w:r>"
    )
    found = lines(paragraph("Organisation") + paragraph(drawing), {"d": ("diagramData", TREE)})

    assert found == ["Organisation", "- Head", "- Head › Plant", "- Plant › Lab", "- Head › Stores"]


def test_points_in_a_circle_are_read_once() -> None:
    namespaces = 'xmlns:dgm="d" xmlns:a="a"'
    circle = model(point("1", "One") + point("2", "Two"), link("1", "2", 0) + link("2", "1", 0))
    root = etree.fromstring(circle.replace("<dgm:dataModel>", f"<dgm:dataModel {namespaces}>"))

    assert diagram_items(root) == ["- One", "- One › Two"]
