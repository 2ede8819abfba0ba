"""Two servers of the OpenAI protocol: the one asked first, and the one to fall back to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from voicehelper.models.openai import retrying

from tests.support import openai_server as server
from tests.support.openai_server import OpenAIServer


@pytest.fixture
def primary() -> Iterator[OpenAIServer]:
    with server.running_server() as running:
        yield running


@pytest.fixture
def backup() -> Iterator[OpenAIServer]:
    with server.running_server() as running:
        running.script = [server.answer("from the fallback")]
        yield running


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many attempts as ever, a hundredth of the time between them."""
    monkeypatch.setattr(retrying, "FIRST_WAIT_S", retrying.FIRST_WAIT_S / 100)
