"""What a function imports before its first call is paid by every cold start: a short list of packages, for each kind.

Read from the source: imports at the top of a handler and of every module of ours that it brings along. What stands
inside functions is imported by the call that needs it. `make bench` measures the same in CPU seconds.
"""

from __future__ import annotations

import ast
import functools
import sys
from pathlib import Path

import pytest

from tests.support.application import ROOT, handler_files

ENDPOINT = {"fastapi", "starlette", "mangum", "pydantic", "psycopg"}
STEP = {"pydantic", "psycopg"}
MORE = {
    "identity/authorize_request.py": {"jwt"},
    "identity/register_user.py": ENDPOINT | {"jwt", "argon2"},
    "identity/login_user.py": ENDPOINT | {"jwt", "argon2"},
    "identity/refresh_token.py": ENDPOINT | {"jwt", "argon2"},
    "identity/logout_user.py": ENDPOINT | {"jwt", "argon2"},
    # Vectors are arrays.
    "ingestion/embed_chunks.py": STEP | {"numpy"},
    "ingestion/index_vectors.py": STEP | {"numpy"},
    # Links carry a token of their own.
    "knowledge/open_document.py": ENDPOINT | {"jwt"},
    "conversations/send_message.py": ENDPOINT | {"jwt"},
    "conversations/list_messages.py": ENDPOINT | {"jwt"},
}


def budget(path: Path) -> set[str]:
    return MORE.get(path.as_posix(), STEP if path.parent.name == "ingestion" else ENDPOINT)


@functools.cache
def imported_at_once(file: Path) -> frozenset[str]:
    """Packages that importing this file brings along, those of Python itself aside."""
    found: set[str] = set()
    for module in _modules(ast.parse(file.read_text("utf-8")).body):
        root = module.split(".")[0]
        if root == "voicehelper":
            found |= imported_at_once(_file_of(module))
        elif root not in sys.stdlib_module_names:
            found.add(root)
    return frozenset(found)


def _modules(statements: list[ast.stmt]) -> list[str]:
    """Names of the modules; one imported from a package of ours may be a name or a module of it."""
    found: list[str] = []
    for node in statements:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            if node.module.startswith("voicehelper"):
                inside = (f"{node.module}.{alias.name}" for alias in node.names)
                found += [name for name in inside if _file_of(name).exists()]
    return found


def _file_of(module: str) -> Path:
    path = ROOT / "shared" / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.mark.parametrize("path", handler_files(), ids=str)
def test_a_function_imports_no_more_than_its_kind_may(path: Path) -> None:
    assert imported_at_once(ROOT / "functions" / path) <= budget(path)
