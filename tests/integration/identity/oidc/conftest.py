"""Both functions as the gateway calls them, against a provider and AWS's services over sockets, and a real database."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from identity import finish_oidc, start_oidc
from voicehelper import identity_resources, oidc_resources, resources
from voicehelper.adapters.database import Database
from voicehelper.settings import settings

from tests.support.application import ROOT
from tests.support.oidc_provider import OidcProvider, oidc_provider
from tests.support.web_server import Answer, Request, WebServer, web_server

BASE_URL = "http://localhost:3000"


@dataclass
class Aws:
    """Secrets Manager, the parameter store and DynamoDB, as far as signing in asks them."""

    server: WebServer
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        operation, payload = request.headers["x-amz-target"].partition(".")[2], json.loads(request.body)
        if operation == "GetSecretValue":
            return _json({"VersionId": "1", "SecretString": json.dumps(self.secrets[payload["SecretId"]])})
        if operation == "GetParameter":
            return _json({"Parameter": {"Version": 1, "Value": "k" * 64}})
        self.revoked.append(payload["Item"]["family_id"]["S"])
        return _json({})


def _json(document: object) -> Answer:
    return Answer(200, {"content-type": "application/json"}, json.dumps(document).encode())


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """ "ok", or the code of the error."""
        return "ok" if self.status < 400 else str(self.body["code"])


@dataclass
class Browser:
    """``jar`` is its cookie; the values between the two requests may be changed by ``visit``."""

    provider: OidcProvider
    jar: str = ""

    def start(self, **headers: str) -> Response:
        response = _call(start_oidc.handler, "start_oidc", "", [], headers)
        if response.cookies:
            self.jar = response.cookies[0].partition(";")[0]
        return response

    def finish(self, query: dict[str, str] | list[tuple[str, str]], **headers: str) -> Response:
        return _call(finish_oidc.handler, "finish_oidc", urlencode(query), [self.jar] if self.jar else [], headers)

    def visit(self, **changes: str) -> Response:
        """The whole way, with the provider's answer changed on its way back."""
        return self.finish(self.provider.agree(self.start().headers["location"]) | changes)


def _call(handler: Any, name: str, query: str, cookies: list[str], headers: dict[str, str]) -> Response:
    event = json.loads((ROOT / f"events/identity/{name}.json").read_text("utf-8"))
    event |= {"rawQueryString": query, "cookies": cookies}
    event["headers"] |= headers
    answer = handler(event, None)
    text = answer.get("body") or ""
    body = base64.b64decode(text).decode() if answer.get("isBase64Encoded") else text
    return Response(
        answer["statusCode"], answer["headers"], answer.get("cookies", []), json.loads(body) if body else {}
    )


@pytest.fixture
def aws() -> Iterator[Aws]:
    with web_server() as server:
        services = Aws(server)
        server.answer = services.answer
        yield services


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as provider:
        yield provider


@pytest.fixture
def configure(
    aws: Aws, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Give the functions these variables, and forget what the process has kept of others."""

    def set_variables(**variables: str) -> None:
        for name, value in {"AWS_ENDPOINT_URL": aws.server.url, "PUBLIC_BASE_URL": BASE_URL, **variables}.items():
            monkeypatch.setenv(name, value)
        forget()

    aws.secrets["database"] = {"dsn": database_url}
    yield set_variables
    monkeypatch.undo()
    resources.database().close()
    forget()


def forget() -> None:
    settings.cache_clear()
    for cached in (
        resources.database,
        resources.signing_keys,
        resources.revocation_table,
        identity_resources.key_table,
    ):
        cached.cache_clear()
    oidc_resources.registration.cache_clear()
    oidc_resources.provider_for.cache_clear()


@pytest.fixture
def browser(provider: OidcProvider, aws: Aws, configure: Callable[..., None]) -> Browser:
    aws.secrets["oidc"] = provider.client
    configure(OIDC_SECRET_NAME="oidc", OPEN_REGISTRATION="yes")
    provider.person |= {"email": "jana@example.org", "email_verified": True}
    return Browser(provider)
