from __future__ import annotations

from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsers.text.plain import text_blocks

from tests.unit.ingestion.samples import texts


def test_numbered_short_lines_that_open_a_paragraph_are_headings() -> None:
    blocks = list(text_blocks("第一章 总则\n本办法适用于全体员工。\n\n1.2 Scope\nAll sites.\n\n1. first of a list"))

    assert [(block.kind, block.text) for block in blocks] == [
        ("heading", "第一章 总则"),
        ("paragraph", "本办法适用于全体员工。"),
        ("heading", "1.2 Scope"),
        ("paragraph", "All sites."),
        ("paragraph", "1. first of a list"),
    ]
    assert blocks[3].heading_path == ("第一章 总则", "1.2 Scope")


def test_text_written_as_markdown_is_read_as_markdown() -> None:
    parsed = parse_document(b"# Guide\n\n## Setup\n\nRun **this**.\n", "guide.txt")

    assert texts(parsed) == ["Guide", "Setup", "Run this."]
