"""Replies of a chat model that processes share, over a real Valkey, as the settings build it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from voicehelper.models.catalogue import parse_catalogue
from voicehelper.models.factory import build_chat
from voicehelper.models.protocols import Chat
from voicehelper.models.shared_replies import shared_replies
from voicehelper.settings import Settings, settings

from tests.support.valkey import Valkey, running_valkey
from tests.unit.models.chats import request, within

CATALOGUE = json.dumps(
    {
        "providers": {"main": {"base_url": "http://127.0.0.1:1/v1"}},
        "models": {"writer": {"provider": "main", "cost_per_1k_usd": 0.01}},
        "chat": "writer",
    }
)
TENANT, OTHER = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f", "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e60"
ASKED = request("Wann wird der Boiler entkalkt? 锅炉何时除垢", tenant=TENANT, model="writer")


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with running_valkey() as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_kept(valkey: Valkey) -> None:
    valkey.admin.flushall()


@pytest.fixture
def shared(valkey: Valkey) -> Settings:
    return replace(settings(), cache_url=valkey.url)


class Function:
    """The function that calls models: counts its calls, and replies with their number."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def __call__(self, call: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        assert timeout_s > 0
        self.calls.append(call)
        asks = [{"name": "plan", "arguments": "{}"}] if call["tools"] else []
        return {
            "content": f"Reply {len(self.calls)}", "model": "writer", "prompt_tokens": 9, "completion_tokens": 3,
            "cost_usd": 0.1, "calls": asks,
        }  # fmt: skip


def process(function: Function, settings: Settings, catalogue: str = CATALOGUE) -> Chat:
    """``within_s`` for a busy machine: what a slow server costs is tested elsewhere."""
    shared = shared_replies(settings, catalogue, within_s=10.0)
    chat = build_chat(parse_catalogue(catalogue), {}, function, None, shared)
    assert chat
    return chat


def test_a_model_is_called_once_for_all_processes(shared: Settings) -> None:
    function = Function()
    replies = [process(function, shared).complete(ASKED, within()) for _ in range(3)]

    assert [(reply.content, reply.provider, reply.tokens) for reply in replies] == [
        ("Reply 1", "primary", 12), ("Reply 1", "cache", 0), ("Reply 1", "cache", 0),
    ]  # fmt: skip
    assert len(function.calls) == 1


def test_calls_of_tools_are_shared(shared: Settings) -> None:
    function = Function()
    asked = replace(ASKED, tools=[{"name": "plan", "description": "", "parameters": {}}], tool_choice="plan")
    first, second = (process(function, shared).complete(asked, within()) for _ in range(2))

    assert first.calls
    assert list(second.calls) == list(first.calls)
    assert len(function.calls) == 1


def test_two_tenants_share_nothing(shared: Settings) -> None:
    function = Function()
    contents = [
        process(function, shared).complete(replace(ASKED, tenant=tenant), within()).content
        for tenant in (TENANT, OTHER, TENANT, OTHER)
    ]

    assert contents == ["Reply 1", "Reply 2", "Reply 1", "Reply 2"]


def test_another_catalogue_or_stage_has_replies_of_its_own(shared: Settings) -> None:
    function = Function()
    process(function, shared).complete(ASKED, within())
    process(function, shared, CATALOGUE.replace("127.0.0.1:1/", "127.0.0.1:2/")).complete(ASKED, within())
    process(function, replace(shared, stage="prod")).complete(ASKED, within())

    assert len(function.calls) == 3


def test_what_is_stored_tells_nobody_the_question_and_does_not_stay(valkey: Valkey, shared: Settings) -> None:
    process(Function(), shared).complete(ASKED, within())
    [key] = valkey.admin.scan_iter()
    value = valkey.admin.get(key)

    assert not any(text.encode() in key for text in ("Boiler", "锅炉"))
    assert json.loads(value or "") == {"content": "Reply 1", "model": "writer", "calls": []}
    assert 0 < int(str(valkey.admin.ttl(key))) <= 600


def test_without_an_address_nothing_is_shared(valkey: Valkey) -> None:
    function = Function()
    for _ in range(2):
        process(function, replace(settings(), cache_url="")).complete(ASKED, within())

    assert len(function.calls) == 2
    assert valkey.admin.dbsize() == 0


def test_a_server_that_is_away_costs_no_reply(valkey: Valkey) -> None:
    function = Function()
    away = replace(settings(), cache_url="redis://127.0.0.1:1/0")
    chat = process(function, away)

    assert [chat.complete(ASKED, within()).provider for _ in range(2)] == ["primary", "cache"]
    assert len(function.calls) == 1


def test_settings_do_not_show_the_address() -> None:
    assert "hunter2" not in repr(replace(settings(), cache_url="redis://app:hunter2@cache:6379"))
