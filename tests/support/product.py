"""A whole running product: the one named by VOICEHELPER_URL, or one of our own on free ports.

VOICEHELPER_BUILT runs the packages of `sam build` under their own policies instead of the sources, AWS_CONDITIONS the
whole under the conditions of AWS. The models that answer are the built-in ones, those that hear and
speak are a double; an agent asks before it fetches a page.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.local.endpoint import Endpoint
from tests.support.client import Client
from tests.support.mail_server import MailServer
from tests.support.oidc_provider import OidcProvider, oidc_provider
from tests.support.speech_server import SpeechServer, speech_server
from tests.support.web_server import Answer, WebServer, web_server


@dataclass(frozen=True)
class Product:
    base_url: str
    endpoint: Endpoint  # the AWS emulator
    dsn: str
    provider: OidcProvider | None = None  # who signs people in; None for a product that was started elsewhere
    mail: MailServer | None = None  # what the product sends
    speech: SpeechServer | None = None  # who hears and speaks for it
    traces: Path | None = None  # the folder that its traces are kept in
    alerts: WebServer | None = None  # who is told of its alarms
    alarms: dict[str, Any] = field(default_factory=dict)  # what its alarms were deployed with


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    if url := os.environ.get("VOICEHELPER_URL"):
        endpoint = Endpoint(os.environ.get("AWS_ENDPOINT_URL", ""), os.environ.get("AWS_SECRET_ACCESS_KEY", ""))
        yield Product(url, endpoint, os.environ.get("VOICEHELPER_DSN", ""))
        return
    from infra.local.conditions import Conditions
    from infra.local.processes import StackError
    from infra.local.stack import Stack, require_build

    built = "VOICEHELPER_BUILT" in os.environ
    if built:
        try:
            require_build()
        except StackError as error:
            pytest.skip(str(error))
    folder, conditions = tmp_path_factory.mktemp("stack"), Conditions.requested()
    models = folder / "models.json"
    with oidc_provider() as provider, MailServer() as mail, speech_server() as speech, web_server() as alerts:
        alerts.answer = lambda _: Answer(204)
        given = {"agents": {"needs_approval": ["fetch_url"]}, "oidc": provider.client, **spoken_by(speech)}
        models.write_text(json.dumps(given), "utf-8")
        stack = Stack(
            folder / "state",
            built=built,
            enforce_policies=built,
            conditions=conditions,
            models=models,
            smtp_url=mail.url,
            alerts=f"{alerts.url}/alarms",
            alarm_times="1 2 43200",
            idle_workers=40,  # a test calls most functions, one after the other
        )
        with stack:
            yield Product(
                stack.base_url,
                stack.endpoint,
                stack.dsn,
                provider,
                mail,
                speech,
                traces=stack.state.traces,
                alerts=alerts,
                alarms=stack.outputs["alarms"],
            )


def spoken_by(server: SpeechServer) -> dict[str, Any]:
    """A catalogue whose only models hear and speak."""
    return {
        "providers": {"speech": {"base_url": server.base_url}},
        "transcription": {"provider": "speech", "model": "hears", "cost_per_minute_usd": 0.006},
        "speech": {"provider": "speech", "model": "speaks", "cost_per_1k_characters_usd": 0.015},
        "keys": {"speech": "sk-speech"},
    }


@pytest.fixture(scope="session")
def client(product: Product) -> Client:
    return Client(product.base_url)
