"""Names of bases and documents as people give them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper_cli.names import base_name, is_same, nearest


@given(st.text())
def test_any_text_becomes_a_name_that_the_api_takes(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_]{1,64}", base_name(text))


@pytest.mark.parametrize(
    ("text", "start"),
    [("HR 制度", "hr_"), ("Été 2026", "ete_2026_"), ("制度", "base_"), ("🚚", "base_"), ("a" * 70, "aaa")],
)
def test_a_name_keeps_the_letters_it_may(text: str, start: str) -> None:
    assert base_name(text).startswith(start)


def test_names_that_differ_only_in_what_was_dropped_stay_apart() -> None:
    assert len({base_name(name) for name in ("HR 制度", "HR-制度", "HR 规定", "HR")}) == 4
    assert base_name("manuals_2026") == "manuals_2026"


def test_names_are_the_same_whatever_their_case_and_composition() -> None:
    assert is_same(" Handbuch  A.PDF", "handbuch a.pdf")
    assert is_same("Re\u0301sume\u0301.md", "R\u00e9sum\u00e9.md")
    assert not is_same("a.md", "b.md")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("manaul.pdf", ["manual.pdf"]), ("manual", ["manual.pdf"]), ("差旅", ["差旅标准.md"]), ("zzz", []), ("", [])],
)
def test_the_likeliest_names_are_suggested(typed: str, meant: list[str]) -> None:
    assert nearest(typed, ["manual.pdf", "差旅标准.md", "leave.txt"]) == meant
