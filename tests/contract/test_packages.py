"""Every package says what it is for, and imports nothing: its ``__init__.py`` is paid by every cold start."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from infra.local.paths import ROOT

PACKAGES = sorted(
    path for tree in ("voicehelper", "voicehelper_cli") for path in (ROOT / "shared" / tree).rglob("__init__.py")
)


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.parent.relative_to(ROOT / "shared")))
def test_a_package_has_a_docstring_and_nothing_else(path: Path) -> None:
    module = ast.parse(path.read_text("utf-8"))

    assert len(module.body) == 1, "code belongs into a module of the package"
    assert len(ast.get_docstring(module) or "") > 40
