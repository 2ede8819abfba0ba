"""Shared fixtures; the unit tests' network is closed in tests/unit/conftest.py."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.application import ROOT
from tests.support.environment import set_variables
from tests.support.product import client, product

if TYPE_CHECKING:
    from tests.support.databases import Databases

__all__ = ["client", "product"]

set_variables()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=0, help="of what is drawn by chance; 0 draws as always")


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--seed"))


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """One PostgreSQL per test process, with a migrated template database."""
    from tests.support.postgres import make_template, running_server

    with running_server() as dsn:
        make_template(dsn)
        yield dsn


@pytest.fixture(scope="session")
def databases(postgres_dsn: str) -> Databases:
    from tests.support.databases import Databases

    return Databases(postgres_dsn)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated database with nothing in it, which nobody else uses meanwhile."""
    url = databases.lend()
    yield url
    databases.take_back(url)


@pytest.fixture(scope="session")
def opensearch_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One OpenSearch node per test run."""
    from tests.support.opensearch import shared_node

    base, is_worker = tmp_path_factory.getbasetemp(), "PYTEST_XDIST_WORKER" in os.environ
    return shared_node(base.parent if is_worker else base, is_worker=is_worker)


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """The evaluation sets, which are not part of the project; tests that need them skip without them."""
    folder = Path(os.environ.get("VOICEHELPER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no evaluation data at {folder}; set VOICEHELPER_DATA")
    return folder


@pytest.fixture(scope="session")
def hostile_files(benchmark_data: Path) -> dict[str, Path]:
    """Every broken, hostile and enormous file by its name: those kept with the data, and those its script makes.

    They are made once for a checkout: it takes half a minute.
    """
    script = benchmark_data / "documents" / "make_bad.py"
    made = ROOT / ".local" / f"hostile-{hashlib.sha256(script.read_bytes()).hexdigest()[:12]}"
    made.parent.mkdir(exist_ok=True)
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test processes, one of them makes the files
        if not (made / "bad.jsonl").exists():  # the last file the script writes
            subprocess.run([sys.executable, script, made], check=True, capture_output=True)
    return {path.name: path for folder in (benchmark_data / "documents" / "bad", made) for path in folder.iterdir()}
