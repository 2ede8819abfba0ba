"""The command line's sentences and the code that prints them name the same keys."""

from __future__ import annotations

import ast

import pytest
from voicehelper.messages.catalogue import load_sentences
from voicehelper_cli.texts import language, text

from tests.support.application import ROOT

CALLS = [
    node
    for path in (ROOT / "shared/voicehelper_cli").glob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text"
]


def test_every_sentence_is_printed_and_every_printed_one_exists() -> None:
    keys = {call.args[0].value for call in CALLS if isinstance(call.args[0], ast.Constant)}

    assert keys == set(load_sentences("voicehelper_cli", "texts"))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_language_follows_the_locale(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert language() == expected


def test_values_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")

    assert text("chunks", count=7) == "7 chunks"
    assert text("chunks", count=1) == "1 chunk"
    assert text("chunks", count=0) == "0 chunks"
