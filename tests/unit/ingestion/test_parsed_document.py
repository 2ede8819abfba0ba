from __future__ import annotations

from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block, ParsedDocument, parsed_from_json, parsed_lines


def test_a_parsed_document_is_the_same_after_storage() -> None:
    blocks = (
        Block("第一行\u2028 第二行\nthird", "table", Place(sheet="价目表", first_row=2, last_row=4), ("价目表",)),
        Block("plain"),
    )
    document = ParsedDocument("标题", blocks, 3, 2, 20, ("pages_without_text",))

    assert parsed_from_json(b"".join(parsed_lines(document))) == document
