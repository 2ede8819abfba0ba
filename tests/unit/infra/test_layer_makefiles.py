"""layers/Makefile and shared/Makefile, by which `sam build` makes the layers: with what they find, or not silently."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.application import ROOT

BARE_PATH = "/usr/bin:/bin"
TARGETS = {"layers": "build-BaseLayer", "shared": "build-SharedLayer"}


def make(folder: str, artifacts: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "-C", str(ROOT / folder), TARGETS[folder], f"ARTIFACTS_DIR={artifacts}", *options]
    return subprocess.run(command, env={"PATH": BARE_PATH}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("folder", TARGETS)
def test_without_an_interpreter_the_build_fails_and_says_what_to_use(folder: str, tmp_path: Path) -> None:
    done = make(folder, tmp_path, f"PYTHON={tmp_path}/python3.13")

    assert done.returncode != 0
    assert done.stderr.startswith(f"no {tmp_path}/python3.13 here: use `make build`")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", TARGETS)
def test_what_cannot_be_compiled_is_not_passed_over(folder: str) -> None:
    assert "|| true" not in (ROOT / folder / "Makefile").read_text("utf-8")


def test_without_uv_packages_are_installed_by_pip_with_hashes_and_for_lambda_s_platform(tmp_path: Path) -> None:
    done = make("layers", tmp_path, "--dry-run", "PLATFORM=aarch64-manylinux_2_28", "PYTHON=python3")

    assert "python3 -m pip install" in done.stdout
    assert "--platform manylinux2014_aarch64" in done.stdout
    assert "--require-hashes --only-binary :all:" in done.stdout
    assert "x86_64" not in done.stdout
