"""functions/Makefile, by which `sam build` makes the package of every function."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.application import ROOT, handler_files


def test_the_package_of_a_function_holds_every_handler_file(tmp_path: Path) -> None:
    command = ["make", "-C", str(ROOT / "functions"), "build-CheckHealthFunction", f"ARTIFACTS_DIR={tmp_path}"]

    subprocess.run(command, check=True, capture_output=True)

    packaged = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}

    assert packaged == set(handler_files())
