from __future__ import annotations

import pytest
from voicehelper.errors import RejectedError

from tests.unit.ingestion.parsers.pdf.pages import parse_drawn


def test_pages_without_text_are_counted_with_a_warning() -> None:
    parsed = parse_drawn(
        lambda c: c.drawString(60, 700, "Only this page has text."), lambda c: c.rect(50, 50, 300, 300, fill=1)
    )

    assert (parsed.pages_total, parsed.pages_with_text) == (2, 1)
    assert parsed.warnings == ("pages_without_text",)


def test_a_scan_is_rejected() -> None:
    with pytest.raises(RejectedError, match="can be read"):
        parse_drawn(lambda c: c.rect(50, 50, 300, 300, fill=1))
