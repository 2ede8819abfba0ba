"""Command lines as people type them."""

from __future__ import annotations

import pytest
from voicehelper_cli.arguments import globals_first, readable, with_scheme


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["ask", "q", "--json"], ["--json", "ask", "q"]),
        (["ask", "--url", "u", "q"], ["--url", "u", "ask", "q"]),
        (["ask", "q", "--url=u", "--json"], ["--url=u", "--json", "ask", "q"]),
        (["ask", "--", "--json"], ["ask", "--", "--json"]),
        (["ask", "q", "--url"], ["--url", "ask", "q"]),
        ([], []),
    ],
)
def test_global_options_come_first(typed: list[str], meant: list[str]) -> None:
    assert globals_first(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("localhost:3005", "http://localhost:3005"),
        ("localhost", "http://localhost"),
        ("127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("[::1]:3000", "http://[::1]:3000"),
        ("server:8080", "http://server:8080"),
        ("help.example.com", "https://help.example.com"),
        ("help.example.com/kb/", "https://help.example.com/kb"),
        ("http://x/", "http://x"),
        ("https://x:1", "https://x:1"),
        ("", ""),
    ],
)
def test_an_address_without_a_scheme_gets_the_likely_one(typed: str, meant: str) -> None:
    assert with_scheme(typed) == meant


def test_arguments_of_another_encoding_become_text() -> None:
    assert readable("保修".encode().decode("ascii", "surrogateescape")) == "保修"
    assert readable("\udcff") == "\ufffd"
    assert readable("plain 保修") == "plain 保修"
