"""Amazon Textract's blocks, of the shape that its documentation shows, become a page."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.recognition.textract import Textract

BOX = {"BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.05}}


def block(kind: str, key: str, *children: str, **more: Any) -> dict[str, Any]:
    related = {"Relationships": [{"Type": "CHILD", "Ids": list(children)}]} if children else {}
    return {"BlockType": kind, "Id": key, "Geometry": BOX, "Confidence": 90.0} | related | more


def cell(key: str, row: int, column: int, *words: str) -> dict[str, Any]:
    return block("CELL", key, *words, RowIndex=row, ColumnIndex=column, RowSpan=1, ColumnSpan=1)


TABLE = block("TABLE", "t", "c1", "c2", "c3", "c4")
TABLE["Relationships"].append({"Type": "MERGED_CELL", "Ids": ["m"]})
BLOCKS = [
    block("PAGE", "p", "l1", "l2"),
    block("LINE", "l1", "w1", "w2", Text="Unit price", Confidence=99.0),
    block("LINE", "l2", "w3", Text="9.75", Confidence=50.0),
    *(block("WORD", key, Text=text) for key, text in (("w1", "Unit"), ("w2", "price"), ("w3", "9.75"))),
    TABLE,
    block("MERGED_CELL", "m", "c1", "c2", RowIndex=1, ColumnIndex=1, RowSpan=1, ColumnSpan=2),
    cell("c1", 1, 1, "w1"),
    cell("c2", 1, 2, "w2"),
    cell("c3", 2, 1),
    cell("c4", 2, 2, "w3"),
]


def test_lines_words_and_tables_are_read() -> None:
    sent: list[dict[str, Any]] = []

    def call(payload: dict[str, Any]) -> dict[str, Any]:
        sent.append(payload)
        return {"Blocks": BLOCKS}

    page = Textract(call).recognise(b"jpeg", language="en", tables=True)

    assert sent == [{"Document": {"Bytes": base64.b64encode(b"jpeg").decode()}, "FeatureTypes": ["TABLES"]}]
    assert page.text == "Unit price\n9.75"
    assert [word.text for word in page.lines[0].words] == ["Unit", "price"]
    assert page.lines[0].box == (0.1, 0.2, 0.4, 0.25)
    assert page.confidence == pytest.approx((0.99 * 10 + 0.5 * 4) / 14, abs=1e-4)
    assert [table.rows for table in page.tables] == [(("Unit price", ""), ("", "9.75"))]


def test_it_reads_english_alone() -> None:
    assert [Textract(dict).reads(language) for language in ("en", "zh-CN")] == [True, False]


@pytest.mark.parametrize("response", [{}, {"Blocks": [{"BlockType": "LINE"}]}, {"Blocks": 3}])
def test_a_response_of_another_shape_is_a_failure_of_the_service(response: dict[str, Any]) -> None:
    with pytest.raises(UpstreamUnavailableError):
        Textract(lambda _: response).recognise(b"jpeg", language="en", tables=False)


def test_a_picture_over_its_limit_is_not_sent() -> None:
    with pytest.raises(RejectedError):
        Textract(lambda _: {}).recognise(bytes(5 * 1024 * 1024 + 1), language="en", tables=False)
