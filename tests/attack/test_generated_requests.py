"""Requests generated from the API description (schemathesis, in an environment of its own): none may break the API."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.attack.conftest import Count
from tests.support.application import OPENAPI_FILE, ROOT
from tests.support.client import Client
from tests.support.product import Product

SCHEMATHESIS: Final = ROOT / ".local/security/bin/schemathesis"
CHECKS: Final = "not_a_server_error,response_schema_conformance,content_type_conformance,ignored_auth"
MAX_EXAMPLES: Final = 45


@pytest.mark.timeout(540)
def test_generated_requests_get_documented_answers(product: Product, tmp_path: Path, count: Count) -> None:
    if not SCHEMATHESIS.exists():
        pytest.skip("make attack installs it")
    caller = Client(product.base_url)
    kb_id = caller.create_base("generated")
    command: list[str | Path] = [
        SCHEMATHESIS, "--config-file", _config(tmp_path, kb_id), "run", OPENAPI_FILE,
        "--url", product.base_url, "--header", f"Authorization: {caller.http.headers['authorization']}",
        "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", str(MAX_EXAMPLES),
        "--workers", "2", "--request-timeout", "35", "--seed", "1", "--no-shrink", "--continue-on-failure",
        "--exclude-path", "/api/v1/auth/logout", "--suppress-health-check", "all", "--warnings", "off",
    ]  # fmt: skip
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout[-6000:] + finished.stderr[-2000:]
    count("generated requests", _generated(finished.stdout))


def _config(folder: Path, kb_id: str) -> Path:
    """Half of what is generated for a base should meet one that is there."""
    path = folder / "schemathesis.toml"
    path.write_text(f'[parameters]\n"path.kb_id" = ["{kb_id}", "kb_00000000000000000000000000", "0"]\n', "utf-8")
    return path


def _generated(output: str) -> int:
    found = re.search(r"(\d[\d,]*) generated", output)
    assert found, output[-2000:]
    return int(found[1].replace(",", ""))
