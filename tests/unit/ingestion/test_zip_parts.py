"""Archives that are refused before a parser opens them."""

from __future__ import annotations

import pytest
from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import parse_document

from tests.unit.ingestion.samples import zipped

DECLARED = b'<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>'


def book(**parts: bytes) -> bytes:
    known = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    return zipped({**known, **{name.replace("__", "."): content for name, content in parts.items()}})


def reason(content: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(RejectedError) as caught:
        parse_document(content, name)
    return caught.value.reason


@pytest.mark.parametrize(
    "part",
    [
        pytest.param({"xl/s__xml": DECLARED}, id="at the start"),
        pytest.param({"xl/s__XML": DECLARED}, id="a name in capitals"),
        pytest.param({"xl/s__bin": DECLARED}, id="another extension"),
        pytest.param({"xl/s__xml": b"<!-- " + b"x" * 200_000 + b" -->" + DECLARED}, id="after a long comment"),
        pytest.param({"xl/s__xml": DECLARED.decode().encode("utf-16")}, id="in UTF-16"),
        pytest.param(
            {"xl/s__xml": b'<?xml version="1.0" encoding="UTF-7"?>' + DECLARED.decode().encode("utf-7")}, id="in UTF-7"
        ),
        pytest.param(
            {"xl/s__xml": b'<?xml version="1.0" encoding="UTF-7"?>\n+ADwAIQ-DOCTYPE r+AD4-<r/>'}, id="hidden in UTF-7"
        ),
    ],
)
def test_a_document_type_is_refused_wherever_it_stands(part: dict[str, bytes]) -> None:
    assert reason(book(**part)) == "entity_expansion"


def test_a_document_type_that_reads_from_outside_has_its_own_reason() -> None:
    late = b"<!-- " + b"x" * 200_000 + b' --><!DOCTYPE r SYSTEM "file:///etc/hostname"><r/>'

    assert reason(book(**{"xl/s__xml": late})) == "external_entity"


def test_binary_parts_may_hold_xml_further_inside() -> None:
    settings = b"\x02\x01" + DECLARED

    assert reason(book(**{"xl/printerSettings1__bin": settings})) == "no_text"


@pytest.mark.parametrize("at", [0.2, 0.5, 0.8])
def test_a_damaged_compressed_stream_is_corrupt(at: float) -> None:
    whole = book(**{"xl/s__xml": b"<r>" + bytes(range(97, 122)) * 900 + b"</r>"})
    start = whole.index(b"xl/s.xml") + len(b"xl/s.xml")
    position = start + int(at * (whole.index(b"PK", start) - start))

    assert reason(whole[:position] + b"\xff\xff\xff\xff" + whole[position + 4 :]) == "corrupt"
