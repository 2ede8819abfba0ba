"""A whole running product: the one named by VOICEHELPER_URL, or one of our own on free ports.

VOICEHELPER_BUILT runs the packages of `sam build` under their own policies instead of the sources.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.client import Client


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with the longest tests first, so that the shorter ones fill the other worker meanwhile."""
    longest: dict[Path, float] = {}
    for item in items:
        longest[item.path] = max(longest.get(item.path, 0.0), _limit_s(item))
    items.sort(key=lambda item: -longest[item.path])


def _limit_s(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0.0


@dataclass(frozen=True)
class Product:
    base_url: str
    endpoint_url: str  # the AWS emulator
    dsn: str


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    if url := os.environ.get("VOICEHELPER_URL"):
        yield Product(url, os.environ.get("AWS_ENDPOINT_URL", ""), os.environ.get("VOICEHELPER_DSN", ""))
        return
    from infra.local.processes import StackError
    from infra.local.stack import Stack, require_build

    built = "VOICEHELPER_BUILT" in os.environ
    if built:
        try:
            require_build()
        except StackError as error:
            pytest.skip(str(error))
    with Stack(tmp_path_factory.mktemp("stack"), built=built, enforce_policies=built) as stack:
        yield Product(stack.base_url, stack.endpoint_url, stack.dsn)


@pytest.fixture(scope="session")
def client(product: Product) -> Client:
    return Client(product.base_url)
