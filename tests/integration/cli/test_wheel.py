"""The command line as a stranger installs it: a wheel of its own, without what functions import."""

from __future__ import annotations

import os
import subprocess
import tomllib
import venv
from pathlib import Path

import pytest

from infra.local.paths import ROOT

UV = ROOT / ".local/uv/bin/uv"  # which made the environment of these tests
SOURCE = ROOT / "shared/voicehelper_cli"
HEAVY = ("numpy", "boto3", "fastapi", "psycopg")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    environment["UV_SYSTEM_CERTS"] = "true"
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("wheel")
    made = run(UV, "build", "-q", "--wheel", "-o", folder, SOURCE)
    assert made.returncode == 0, made.stderr
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "env")
    installed = run(UV, "pip", "install", "-q", "--python", folder / "env", wheel)
    assert installed.returncode == 0, installed.stderr
    return folder / "env/bin"


def test_it_says_the_version_of_the_product(programs: Path) -> None:
    product = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

    assert run(programs / "voicehelper", "--version").stdout == f"voicehelper {product}\n"


def test_every_command_and_what_eval_compares_texts_with_is_there(programs: Path) -> None:
    assert "Usage: voicehelper" in run(programs / "voicehelper", "--help").stdout
    code = "import voicehelper_cli.eval_scores, voicehelper.text.matching as m; print(m.contains('a b', 'a'))"

    assert run(programs / "python", "-c", code).stdout == "True\n"


@pytest.mark.parametrize("package", HEAVY)
def test_what_functions_import_is_not_installed(programs: Path, package: str) -> None:
    assert "ModuleNotFoundError" in run(programs / "python", "-c", f"import {package}").stderr


def test_without_a_service_it_says_so_in_a_sentence(programs: Path) -> None:
    failed = run(programs / "voicehelper", "--url", "http://127.0.0.1:9", "ask", "?")

    assert failed.returncode in (3, 5)
    assert "Traceback" not in failed.stderr
