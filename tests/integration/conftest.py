"""A fresh database of one test, seen by its owner and through the product's own handle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from voicehelper.adapters.database import Database


@pytest.fixture
def admin(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(lambda: database_url)
    yield opened
    opened.close()
