"""`make function`: what it writes is complete but for the work itself, and it overwrites nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import new_function, template
from infra.local.paths import ROOT
from infra.new_function import Endpoint, RefusedError

NAME, ROUTE = "knowledge/rename_base", "PUT /api/v1/knowledge/bases/{kb_id}/name"
COPIED = ("functions", "shared", "infra", "layers", "events", "tests/contract", "tests/support", "tests/e2e")
# In front of the generated test, in place of the running product: the handler itself, called with the event.
GATEWAY = """
import json
from pathlib import Path

import httpx
import pytest
from knowledge import rename_base


class Gateway:
    def call(self, method, path, **_):
        event = json.loads(Path("events/knowledge/rename_base.json").read_text("utf-8"))
        assert (event["requestContext"]["http"]["method"], event["rawPath"]) == (method, path)
        answer = rename_base.handler(event, None)
        return httpx.Response(answer["statusCode"], text=answer["body"])


@pytest.fixture
def client():
    return Gateway()
"""


class Tree:
    """A copy of the sources, and what is run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        ignored = shutil.ignore_patterns("__pycache__")
        for folder in COPIED:
            shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
        for file in ("template.yaml", "pyproject.toml", "tests/__init__.py"):
            shutil.copy(ROOT / file, root / file)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join(str(self.root / folder) for folder in ("", "shared", "functions"))
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def content(self) -> dict[str, bytes]:
        files = [file for file in self.root.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        return {str(file.relative_to(self.root)): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A tree with the new function in it."""
    made = Tree(tmp_path_factory.mktemp("tree"))
    done = made.run("infra.new_function", NAME, ROUTE)
    assert done.returncode == 0, done.stderr
    return made


def test_the_contract_tests_hold_for_a_new_function(tree: Tree) -> None:
    (tree.root / "tests/contract/test_new_function.py").unlink()

    assert tree.run("infra.openapi").returncode == 0
    concerned = "rename_base or RenameBase or test_layout or test_grants or routes or openapi"

    done = tree.run("pytest", "-q", "-p", "no:cacheprovider", "-k", concerned, "tests/contract")

    assert done.returncode == 0, done.stdout[-3000:]
    assert "RenameBaseFunction" in template.read(tree.root / "template.yaml").functions()


def test_what_is_written_is_in_the_projects_style(tree: Tree) -> None:
    files = ["functions/knowledge/rename_base.py", "tests/e2e/knowledge/test_rename_base.py"]

    for command in (["ruff", "check", "--no-cache"], ["ruff", "format", "--check", "--no-cache"]):
        done = tree.run(*command, *files)
        assert done.returncode == 0, done.stdout


def test_the_generated_test_fails_because_the_work_is_not_done(tree: Tree) -> None:
    (tree.root / "tests/e2e/conftest.py").write_text(GATEWAY, "utf-8")

    done = tree.run("pytest", "-q", "-p", "no:cacheprovider", "tests/e2e/knowledge/test_rename_base.py")

    assert "1 failed" in done.stdout
    assert "NotImplementedError" in done.stdout


def test_nothing_is_overwritten(tree: Tree) -> None:
    before = tree.content()

    done = tree.run("infra.new_function", NAME, ROUTE)

    assert done.returncode == 1
    assert "is taken by knowledge.rename_base.handler" in done.stderr
    assert tree.content() == before


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("knowledge/list_chunks", "GET /api/v1/knowledge/pieces"),  # its block exists
        ("knowledge/list_pieces", "GET /api/v1/knowledge/bases"),  # its route exists
        ("knowledge/pieces", "GET /api/v1/knowledge/pieces"),  # no verb
        ("list_pieces", "GET /api/v1/knowledge/pieces"),  # no folder
        ("knowledge/list_pieces", "/api/v1/knowledge/pieces"),  # no method
        ("knowledge/list_pieces", "GET /knowledge/pieces"),  # no version
        ("../knowledge/list_pieces", "GET /api/v1/knowledge/pieces"),
    ],
)
def test_what_is_taken_or_malformed_is_refused(name: str, route: str) -> None:
    with pytest.raises(RefusedError):
        new_function.plan(new_function.parse(name, route), ROOT)


def test_a_file_that_exists_is_refused(tmp_path: Path) -> None:
    made = Tree(tmp_path)
    (tmp_path / "functions/knowledge/rename_base.py").touch()

    with pytest.raises(RefusedError, match=r"functions/knowledge/rename_base\.py exists"):
        new_function.plan(new_function.parse(NAME, ROUTE), made.root)


def event_key(route: template.Route) -> str:
    """The route that the event of its function calls."""
    event = json.loads((ROOT / "events" / route.function.file.with_suffix(".json")).read_text("utf-8"))
    return str(event["routeKey"])


@pytest.mark.parametrize(
    "route",
    [route for route in template.read().routes() if route.path and not route.public and route.key == event_key(route)],
    ids=lambda route: route.key,
)
def test_the_events_of_the_tree_are_what_would_be_written(route: template.Route) -> None:
    """But for a query and a body, which a person chooses."""
    function = route.function
    event = json.loads((ROOT / "events" / function.file.with_suffix(".json")).read_text("utf-8"))
    written = new_function.event(Endpoint(function.domain, function.file.stem, route.method, route.path), ROOT)
    for item in (event, written):
        item["headers"].pop("content-type", None)
        for key in ("body", "rawQueryString", "queryStringParameters"):
            item.pop(key, None)

    assert written == event
