"""Files and functions of the product stay small enough to be read at a glance."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

from infra.local.paths import ROOT

FILES = sorted(path for tree in ("shared", "functions", "infra") for path in (ROOT / tree).rglob("*.py"))
HANDLER_LINES, FILE_LINES = 60, 300
MEDIAN_LINES, NINETIETH_LINES = 10, 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short(path: Path) -> None:
    lines = path.read_text("utf-8").count("\n")

    assert lines <= (HANDLER_LINES if path.is_relative_to(ROOT / "functions") else FILE_LINES)


def test_most_functions_are_short() -> None:
    lengths = sorted(length for path in FILES for length in _function_lengths(path))

    assert statistics.median(lengths) <= MEDIAN_LINES
    assert lengths[int(0.9 * len(lengths))] <= NINETIETH_LINES


def _function_lengths(path: Path) -> list[int]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]
