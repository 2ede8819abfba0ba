"""Tests use public names only: a private one can change without breaking a test that did not need it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.paths import ROOT

PRODUCT = frozenset({"voicehelper", "voicehelper_cli", "infra"})
PATCHES = frozenset({"setattr", "delattr", "patch", "object"})  # of monkeypatch, builtins, unittest.mock
FILES = sorted((ROOT / "tests").rglob("*.py"))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_names(module: ast.Module) -> list[str]:
    """Private names of the product that a file imports, patches by a string or reads from another object."""
    names = (name for node in ast.walk(module) for name in _names(node))
    return [name for name in names if any(map(is_private, name.split(".")))]


def _names(node: ast.AST) -> Iterator[str]:
    """Dotted names in one node that must not have a private part."""
    match node:
        case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in PRODUCT:
            yield from (f"{module}.{alias.name}" for alias in node.names)
        case ast.Import():
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in PRODUCT)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in PATCHES:
            yield from _strings(node.args[:2])
        case ast.Attribute(value=value, attr=name) if not _is_own(value):
            yield name


def _strings(arguments: list[ast.expr]) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _is_own(value: ast.expr) -> bool:
    """Attributes of the test's own classes, and ``os._exit``."""
    return isinstance(value, ast.Name) and value.id in ("self", "cls", "os")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "tests")))
def test_a_test_file_uses_public_names_only(path: Path) -> None:
    module = ast.parse(path.read_text("utf-8"))

    assert private_names(module) == []


@pytest.mark.parametrize(
    "line",
    [
        "from voicehelper.retrieval.plan import _steps",
        "from infra.local._paths import ROOT",
        "import voicehelper_cli._terminal",
        'monkeypatch.setattr(attempts, "_send", fake)',
        'monkeypatch.setattr("voicehelper.ingestion.attempts._send", fake)',
        'mock.patch("voicehelper.ingestion.attempts._send")',
        'patch.object(attempts, "_send", fake)',
        "attempts._send()",
    ],
)
def test_each_way_to_a_private_name_is_recognised(line: str) -> None:
    assert private_names(ast.parse(line))


@pytest.mark.parametrize(
    "line",
    ["from __future__ import annotations", "from voicehelper.text import tokens", "self._tree = []", "os._exit(3)"],
)
def test_public_and_own_names_are_allowed(line: str) -> None:
    assert private_names(ast.parse(line)) == []
