"""A web server of a test, and a call of a tool."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from voicehelper.agents.tools.protocol import ToolCall

from tests.support.web_server import WebServer, web_server


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def call() -> ToolCall:
    tenant_id, user_id, task_id = (UUID(int=number) for number in (1, 2, 3))
    return ToolCall(tenant_id=tenant_id, user_id=user_id, task_id=task_id, step=3, tool="any", allowed=["any"])
