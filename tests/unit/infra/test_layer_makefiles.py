"""layers/Makefile and shared/Makefile, by which `sam build` makes the layers: with what they find, or not silently."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.application import ROOT
from tests.support.reader_model import write_reader

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


def make_reader_layer(weights: Path, artifacts: Path) -> int:
    options = [f"ARTIFACTS_DIR={artifacts}", f"weights={weights}", f"PYTHON={sys.executable}"]
    command = ["make", "-C", str(ROOT / "layers"), "build-ReaderLayer", *options]
    return subprocess.run(command, env={"PATH": BARE_PATH}, capture_output=True, check=False).returncode


def test_the_reader_s_layer_has_its_weights(tmp_path: Path) -> None:
    weights = write_reader(tmp_path)

    assert make_reader_layer(weights, tmp_path / "layer") == 0
    assert (tmp_path / "layer" / weights.name).read_bytes() == weights.read_bytes()


def test_without_weights_the_reader_s_layer_says_how_they_are_made(tmp_path: Path) -> None:
    assert make_reader_layer(tmp_path / "reader.safetensors", tmp_path / "layer") == 0
    assert [path.name for path in (tmp_path / "layer").iterdir()] == ["no-weights.txt"]


def test_damaged_weights_are_not_packed(tmp_path: Path) -> None:
    weights = write_reader(tmp_path)
    weights.write_bytes(weights.read_bytes()[:-1])

    assert make_reader_layer(weights, tmp_path / "layer") != 0
    assert list((tmp_path / "layer").iterdir()) == []
