"""Whoever has no token is told so first: before a body is read, a field is checked or a resource is opened."""

from __future__ import annotations

import json
from typing import Any

import pytest
from voicehelper.settings import settings

from infra.openapi import code_routes, endpoint_modules
from tests.support.application import OPENAPI_FILE, ROOT
from tests.support.refusals import names

PATHS = json.loads(OPENAPI_FILE.read_text("utf-8"))["paths"]
NEEDS_TOKEN = [
    (method.upper(), path)
    for path, methods in sorted(PATHS.items())
    for method, operation in sorted(methods.items())
    if operation.get("security") and {} not in operation["security"]
]
# (content type, body) that no endpoint accepts.
BODIES = {
    "broken JSON": ("application/json", '{"name": '),
    "wrong type": ("application/json", "[3]"),
    "empty": ("application/json", ""),
    "broken form": ("multipart/form-data; boundary=x", "--y"),
    "form without boundary": ("multipart/form-data", "--"),
    "unknown type": ("application/x-unknown", "\x00"),
}


INVALID_QUERY = "page=x&limit=x&page_size=-1"


def answer(
    method: str, path: str, body: tuple[str, str], *, query: str = INVALID_QUERY, **headers: str
) -> dict[str, Any]:
    """The function's answer to a call that the authorizer knows nobody for, with ids that are none."""
    handler = code_routes()[method, path]
    event = json.loads((ROOT / "events" / f"{handler.replace('.', '/', 1).removesuffix('.handler')}.json").read_text())
    event["requestContext"].pop("authorizer", None)
    event["headers"].pop("authorization", None)
    event["headers"] |= {"content-type": body[0], **headers}
    event |= {"body": body[1], "rawQueryString": query}
    return dict(endpoint_modules()[handler].handler(event, None))


def test_most_operations_need_a_token() -> None:
    assert len(NEEDS_TOKEN) > 20


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(("method", "path"), NEEDS_TOKEN)
def test_an_operation_refuses_without_a_token_whatever_the_body(method: str, path: str, kind: str) -> None:
    refused = answer(method, path, BODIES[kind])

    assert refused["statusCode"] == 401
    assert names(path, json.loads(refused["body"]), "UNAUTHENTICATED")


@pytest.mark.parametrize(("method", "path"), NEEDS_TOKEN)
def test_a_token_that_the_authorizer_refused_is_named_invalid(method: str, path: str) -> None:
    refused = answer(method, path, BODIES["broken JSON"], authorization="Bearer x.y.z")

    assert refused["statusCode"] == 401
    assert names(path, json.loads(refused["body"]), "INVALID_TOKEN")


@pytest.mark.parametrize("invitation", ["", None, False])
def test_without_an_invitation_a_closed_deployment_makes_no_account(
    monkeypatch: pytest.MonkeyPatch, invitation: object
) -> None:
    monkeypatch.setenv("OPEN_REGISTRATION", "no")
    settings.cache_clear()
    body = json.dumps({"email": "no address", "invitation": invitation})

    refused = answer("POST", "/api/v1/auth/register", ("application/json", body), query="")

    settings.cache_clear()
    assert (refused["statusCode"], json.loads(refused["body"])["code"]) == (403, "REGISTRATION_CLOSED")


def test_whoever_was_invited_may_register_where_the_deployment_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPEN_REGISTRATION", "no")
    settings.cache_clear()
    body = json.dumps({"email": "no address", "invitation": "x"})

    refused = answer("POST", "/api/v1/auth/register", ("application/json", body), query="")

    settings.cache_clear()
    assert (refused["statusCode"], json.loads(refused["body"])["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("zh-CN", "此部署不开放注册，请联系管理员"),
        ("en", "Registration is closed here; ask the administrator for an account"),
    ],
)
@pytest.mark.parametrize("kind", ["wrong type", "empty"])
def test_a_closed_deployment_makes_no_account_and_says_so_before_it_checks_a_field(
    monkeypatch: pytest.MonkeyPatch, kind: str, language: str, message: str
) -> None:
    monkeypatch.setenv("OPEN_REGISTRATION", "no")
    settings.cache_clear()

    refused = answer("POST", "/api/v1/auth/register", BODIES[kind], query="", **{"accept-language": language})
    body = json.loads(refused["body"])

    settings.cache_clear()
    assert (refused["statusCode"], body["code"], body["message"]) == (403, "REGISTRATION_CLOSED", message)


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com", "no address"])
def test_a_deployment_that_sends_no_mail_resets_no_password_and_says_so_to_everyone(
    monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    monkeypatch.delenv("SMTP_URL", raising=False)
    settings.cache_clear()

    body = ("application/json", json.dumps({"email": email}))
    refused = answer("POST", "/api/v1/auth/password/forgot", body, query="")

    settings.cache_clear()
    assert (refused["statusCode"], json.loads(refused["body"])["code"]) == (503, "PASSWORD_RESET_UNAVAILABLE")
