from __future__ import annotations

from voicehelper.ingestion.parsers.pdf.page_tree import has_loop


def test_a_node_among_its_own_descendants_is_a_loop() -> None:
    tree = b"1 0 obj << /Kids [2 0 R 3 0 R] >> endobj 2 0 obj << /Kids [%s 0 R] >> endobj"

    assert has_loop(tree % b"1")
    assert not has_loop(tree % b"4")
