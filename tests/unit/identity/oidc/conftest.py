"""A provider that answers in memory: the fake of tests/support, asked without a socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import pytest
from voicehelper.identity.oidc.calls import Reply
from voicehelper.identity.oidc.provider import Client, Provider

from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from tests.support.web_server import Request, WebServer


@dataclass
class Setup:
    """``clock`` is the product's; ``asked`` are the paths it called."""

    fake: OidcProvider = field(default_factory=lambda: OidcProvider(WebServer(port=8443)))
    clock: float = 0.0
    asked: list[str] = field(default_factory=list)

    def ask(self, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] = {}) -> Reply:
        path = urlsplit(url).path
        self.asked.append(path)
        body = urlencode(form or {}).encode()
        answer = self.fake.answer(Request("GET" if form is None else "POST", path, dict(headers), body))
        assert isinstance(answer.body, bytes)
        return Reply(answer.status, json.loads(answer.body))

    def provider(self, *, secret: str = CLIENT_SECRET) -> Provider:
        client = Client(self.fake.issuer, CLIENT_ID, secret, "https://voice.example.org/api/v1/auth/oidc/callback")
        return Provider(client, ask=self.ask, clock=lambda: self.clock)


@pytest.fixture
def setup() -> Setup:
    return Setup()
