"""What an operator configures for agents."""

from __future__ import annotations

import pytest
from voicehelper.agents.config import AgentConfig, AgentConfigInvalidError, parse_agent_config


def test_nothing_is_configured_by_nothing() -> None:
    assert parse_agent_config("") == AgentConfig(web_search=None, mcp={}, needs_approval=[])


def test_services_are_read() -> None:
    config = parse_agent_config(
        '{"web_search": {"kind": "brave", "url": "https://search.example"},'
        ' "mcp": {"tickets": {"url": "http://10.0.0.5:8000/mcp"}}, "needs_approval": ["tickets.create"]}'
    )

    assert config.web_search
    assert (config.web_search.kind, config.web_search.url) == ("brave", "https://search.example")
    assert config.mcp["tickets"].url == "http://10.0.0.5:8000/mcp"
    assert config.needs_approval == ["tickets.create"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"web_search": {"kind": "bing", "url": "https://x"}}', "web_search.kind"),
        ('{"web_search": {"kind": "brave", "url": "x"}}', "web_search.url"),
        ('{"mcp": {"a.b": {"url": "https://x"}}}', "mcp.a.b"),
        ('{"mcp": {"a": {"url": "ftp://x"}}}', "mcp.a.url"),
        ('{"tools": []}', "tools"),
        ("[", "agent configuration"),
    ],
)
def test_a_mistake_is_named(text: str, place: str) -> None:
    with pytest.raises(AgentConfigInvalidError, match=place):
        parse_agent_config(text)
