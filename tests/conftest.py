"""Shared fixtures; the unit tests' network is closed in tests/unit/conftest.py."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.application import ROOT


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """One PostgreSQL per test process, with a migrated template database."""
    from tests.support.postgres import make_template, running_server

    with running_server() as dsn:
        make_template(dsn)
        yield dsn


@pytest.fixture
def database_url(postgres_dsn: str) -> str:
    """A fresh, migrated database."""
    from tests.support.postgres import make_database

    return make_database(postgres_dsn)


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """The evaluation sets, which are not part of the project; tests that need them skip without them."""
    folder = Path(os.environ.get("VOICEHELPER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no evaluation data at {folder}; set VOICEHELPER_DATA")
    return folder
