from __future__ import annotations

from uuid import UUID

import pytest
from voicehelper.index.chunk import Chunk, Place, chunks_from_json, chunks_to_json
from voicehelper.ingestion.filenames import BadNameError, clean_filename
from voicehelper.ingestion.parsed_document import Block, ParsedDocument, parsed_from_json, parsed_lines


def test_a_parsed_document_survives_the_way_through_storage() -> None:
    blocks = (
        Block("第一行\u2028 第二行\nthird", "table", Place(sheet="价目表", first_row=2, last_row=4), ("价目表",)),
        Block("plain"),
    )
    document = ParsedDocument("标题", blocks, 3, 2, 20, ("pages_without_text",))
    assert parsed_from_json(b"".join(parsed_lines(document))) == document


def test_chunks_survive_the_way_through_storage_and_can_be_cut_at_line_ends() -> None:
    chunks = [Chunk(UUID(int=n), n, "t", "a\x85b\nc", Place(page=n + 1), ("x", "y"), 3) for n in range(3)]
    content = chunks_to_json(chunks)
    first = chunks_to_json(chunks[:1])
    assert chunks_from_json(content) == chunks
    assert chunks_from_json(content[len(first) :]) == chunks[1:]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Windows\\x.pdf", "x.pdf"),
        ('quote"and\r\nX-Injected: 1.pdf', "quote_and X-Injected_ 1.pdf"),
        ("<img src=x>.pdf", "_img src=x_.pdf"),
        ("report\u202excod.pdf", "reportxcod.pdf"),
        ("空格 与+加号%2F.pdf", "空格 与+加号%2F.pdf"),
    ],
)
def test_a_name_is_cleaned_to_be_shown(given: str, shown: str) -> None:
    assert clean_filename(given) == shown


@pytest.mark.parametrize("given", ["", "   ", "a" * 300 + ".pdf", "invoice\u202efdp.exe", "..", "x/"])
def test_a_name_that_deceives_or_says_nothing_is_refused(given: str) -> None:
    with pytest.raises(BadNameError):
        clean_filename(given)
