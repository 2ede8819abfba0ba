"""From the browser's first request to tokens: what the provider is told, and which answers are refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import psycopg
import pytest
from voicehelper.identity.oidc import calls

from tests.integration.identity.oidc.conftest import BASE_URL, Aws, Browser
from tests.support.oidc_provider import CLIENT_ID, SigningKey
from tests.support.web_server import Answer, Request


def test_the_browser_is_sent_to_the_provider_with_everything_it_must_answer(browser: Browser) -> None:
    response = browser.start()
    location = response.headers["location"]
    asked = dict(parse_qsl(urlsplit(location).query, strict_parsing=True))

    assert (response.status, response.headers["cache-control"]) == (302, "no-store")
    assert location.startswith(f"{browser.provider.issuer}/authorize?tenant=a&")
    assert {name: asked[name] for name in ("response_type", "client_id", "redirect_uri", "scope")} == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{BASE_URL}/api/v1/auth/oidc/callback",
        "scope": "openid email profile",
    }
    assert asked["code_challenge_method"] == "S256"
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3


def test_signing_in_gives_the_tokens_of_every_sign_in(browser: Browser) -> None:
    response = browser.visit()

    assert response.status == 200
    assert set(response.body) == {"access_token", "refresh_token", "expires_in", "user"}
    assert set(response.body["user"]) == {"id", "email", "username"}
    claims = jwt.decode(response.body["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["roles"]) == (response.body["user"]["id"], ["owner"])
    assert response.headers["cache-control"] == "no-store"


def test_a_provider_that_tells_the_address_apart_is_asked_for_it(browser: Browser) -> None:
    address = {name: browser.provider.person.pop(name) for name in ("email", "email_verified")}
    browser.provider.told_apart = address

    assert browser.visit().body["user"]["email"] == address["email"]


def test_providers_may_add_parameters_to_their_answer(browser: Browser) -> None:
    assert browser.visit(session_state="a.b", scope="openid", authuser="0", hd="例.example", prompt="none").code == "ok"


def test_the_cookie_is_for_this_host_and_for_no_script(browser: Browser, configure: Callable[..., None]) -> None:
    plain = browser.start().cookies[0]
    configure(PUBLIC_BASE_URL="https://voice.example.org")
    secure = browser.start().cookies[0]

    for cookie in (plain, secure):
        assert {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert "Secure" not in plain
    assert secure.startswith("__Host-")
    assert "Secure" in secure.split("; ")


def test_a_finished_attempt_is_forgotten_by_the_browser(browser: Browser) -> None:
    [cookie] = browser.visit().cookies

    assert "Max-Age=0" in cookie.split("; ")


@pytest.mark.parametrize("changes", [{"state": ""}, {"state": "x"}, {"state": "状态"}])
def test_an_answer_to_another_question_is_refused_and_its_code_not_used(
    browser: Browser, changes: dict[str, str]
) -> None:
    assert browser.visit(**changes).code == "OIDC_STATE_INVALID"
    assert browser.provider.calls_of("/token") == []


def test_an_answer_that_another_browser_asked_for_is_refused(browser: Browser) -> None:
    """Who makes somebody follow a link with the code of their own account signs nobody in to it."""
    answer = browser.provider.agree(browser.start().headers["location"])
    victim = Browser(browser.provider)
    assert victim.finish(answer).code == "OIDC_STATE_INVALID"

    victim.start()
    assert victim.finish(answer).code == "OIDC_STATE_INVALID"
    assert browser.finish(answer).code == "ok"


def test_a_stolen_code_is_worth_nothing_in_another_browser(browser: Browser) -> None:
    stolen = browser.provider.agree(browser.start().headers["location"])
    thief = Browser(browser.provider)
    own = thief.provider.agree(thief.start().headers["location"])

    assert thief.finish({"state": own["state"], "code": stolen["code"]}).code == "OIDC_REFUSED"


def test_an_answer_works_once(browser: Browser) -> None:
    answer = browser.provider.agree(browser.start().headers["location"])

    assert [browser.finish(answer).code for _ in range(2)] == ["ok", "OIDC_REFUSED"]


@pytest.mark.parametrize("name", ["state", "code", "iss", "error"])
def test_a_parameter_that_comes_twice_is_refused(browser: Browser, name: str) -> None:
    answer = browser.provider.agree(browser.start().headers["location"])
    twice = [*answer.items(), (name, answer.get(name, "")), (name, answer.get(name, ""))]

    assert browser.finish(twice).code == "OIDC_STATE_INVALID"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "OIDC_DENIED"),
        ("consent_required", "OIDC_DENIED"),
        ("login_required", "OIDC_REFUSED"),
        ("unsupported_response_type", "OIDC_REFUSED"),
        ("ü" * 3000, "OIDC_REFUSED"),
        ("temporarily_unavailable", "OIDC_UNAVAILABLE"),
        ("server_error", "OIDC_UNAVAILABLE"),
    ],
)
def test_what_the_provider_refuses_is_told_apart(browser: Browser, error: str, code: str) -> None:
    asked = browser.provider.agree(browser.start().headers["location"])

    assert browser.finish({"state": asked["state"], "error": error, "error_description": "<b>"}).code == code
    assert browser.provider.calls_of("/token") == []


def test_an_answer_without_a_code_is_refused(browser: Browser) -> None:
    assert browser.visit(code="").code == "OIDC_REFUSED"


@pytest.mark.parametrize("names_itself", [True, False, "true"])
@pytest.mark.parametrize("issuer", ["own", "other", "missing"])
def test_an_answer_of_another_issuer_is_refused(browser: Browser, names_itself: object, issuer: str) -> None:
    """RFC 9207; a truth value is a truth value of JSON."""
    browser.provider.change_metadata = lambda document: {
        **document,
        "authorization_response_iss_parameter_supported": names_itself,
    }
    changes = {"own": {"iss": browser.provider.issuer}, "other": {"iss": "https://evil.example"}}.get(issuer, {})
    is_accepted = issuer == "own" or (issuer == "missing" and names_itself is not True)

    assert browser.visit(**changes).code == ("ok" if is_accepted else "OIDC_REFUSED")


def test_a_forged_token_signs_nobody_in(browser: Browser, admin: psycopg.Connection[Any]) -> None:
    browser.provider.published = [SigningKey.make("RS256", "first").public]

    assert browser.visit().code == "OIDC_REFUSED"
    assert admin.execute("SELECT count(*) FROM app_user").fetchone() == (0,)


def test_why_a_sign_in_is_refused_stands_in_the_log_and_not_in_the_answer(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    browser.provider.change_claims = lambda claims: claims | {"aud": "another-application"}
    response = browser.visit()

    assert response.code == "OIDC_REFUSED"
    assert "details" not in response.body
    assert [vars(record)["reason"] for record in caplog.records if "reason" in vars(record)] == [
        "ID token: InvalidAudienceError: Audience doesn't match"
    ]


def test_a_token_of_an_earlier_sign_in_is_refused(browser: Browser) -> None:
    token = browser.provider.id_token("nonce of before")
    browser.provider.change_token = lambda _: token

    assert browser.visit().code == "OIDC_REFUSED"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500),
        Answer(503, body=b"{}"),
        Answer(429, body=b"{}"),
        Answer(302, {"location": "http://127.0.0.1:1/"}),
        Answer(200, body=b"<html>"),
        Answer(200, body=b"[]"),
        Answer(200, body=b"[" * 100_000),
        Answer(200, body=b"\xff\xfe"),
        Answer(200, body=b" " * (calls.MAX_BYTES + 1)),
        Answer(401, body=b'{"error": "invalid_client"}'),
    ],
)
def test_a_provider_that_fails_is_said_to_be_away(browser: Browser, answer: Answer) -> None:
    browser.provider.token_answer = answer
    response = browser.visit()

    assert (response.status, response.code) == (503, "OIDC_UNAVAILABLE")
    assert set(response.body) == {"code", "message"}


def test_a_provider_that_drips_is_not_waited_for(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "WITHIN_S", 0.2)
    released = threading.Event()

    def drip(_: Request) -> Answer:
        return Answer(200, body=iter(lambda: b"" if released.wait(0.02) else b" ", b""))

    browser.provider.server.answer = drip
    response = browser.start()
    released.set()

    assert (response.status, response.code) == (503, "OIDC_UNAVAILABLE")


@pytest.mark.parametrize(("language", "part"), [("zh-CN", "没有配置"), ("en", "No identity provider")])
def test_without_a_provider_both_operations_say_so(
    browser: Browser, configure: Callable[..., None], language: str, part: str
) -> None:
    configure(OIDC_SECRET_NAME="")
    headers = {"accept-language": language}

    for response in (browser.start(**headers), browser.finish({"state": "x", "code": "y"}, **headers)):
        assert (response.status, response.code) == (404, "OIDC_NOT_CONFIGURED")
        assert part in response.body["message"]


def test_a_changed_registration_needs_no_deployment(browser: Browser, aws: Aws, configure: Callable[..., None]) -> None:
    aws.secrets["oidc"] |= {"client_secret": "another"}
    configure(OIDC_SECRET_NAME="oidc")

    assert browser.visit().code == "OIDC_UNAVAILABLE"
