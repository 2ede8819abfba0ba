from __future__ import annotations

import pytest
from voicehelper.ingestion.filenames import BadNameError, clean_filename


@pytest.mark.parametrize(
    ("name", "displayed"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Windows\\x.pdf", "x.pdf"),
        ('quote"and\r\nX-Injected: 1.pdf', "quote_and X-Injected_ 1.pdf"),
        ("<img src=x>.pdf", "_img src=x_.pdf"),
        ("report\u202excod.pdf", "reportxcod.pdf"),
        ("空格 与+加号%2F.pdf", "空格 与+加号%2F.pdf"),
    ],
)
def test_names_are_cleaned_for_display(name: str, displayed: str) -> None:
    assert clean_filename(name) == displayed


@pytest.mark.parametrize("name", ["", "   ", "a" * 300 + ".pdf", "invoice\u202efdp.exe", "..", "x/"])
def test_empty_overlong_and_deceptive_names_are_rejected(name: str) -> None:
    with pytest.raises(BadNameError):
        clean_filename(name)
