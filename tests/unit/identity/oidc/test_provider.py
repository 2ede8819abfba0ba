"""What a provider says of itself is believed as far as the standard allows, and kept for an hour."""

from __future__ import annotations

from typing import Any

import pytest
from voicehelper.identity.oidc.attempt import Attempt
from voicehelper.identity.oidc.errors import OidcRefusedError, OidcUnavailableError
from voicehelper.identity.oidc.provider import Client, parse_keys, parse_metadata, require_complete

from tests.support.oidc_provider import SigningKey
from tests.support.web_server import Answer
from tests.unit.identity.oidc.conftest import Setup

ISSUER = "https://login.example.com/realms/staff"
DOCUMENT: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/certs",
}


def test_a_description_may_leave_out_what_has_a_default() -> None:
    metadata = parse_metadata(DOCUMENT, issuer=ISSUER)

    assert metadata.token_methods == ("client_secret_basic",)
    assert {"RS256", "ES256", "EdDSA"} <= set(metadata.algorithms)
    assert metadata.names_itself is False


@pytest.mark.parametrize("configured", [ISSUER, f"{ISSUER}/"])
@pytest.mark.parametrize("stated", [ISSUER, f"{ISSUER}/"])
def test_a_slash_at_the_end_of_the_issuer_is_the_providers_matter(configured: str, stated: str) -> None:
    assert parse_metadata({**DOCUMENT, "issuer": stated}, issuer=configured).issuer == stated


@pytest.mark.parametrize(
    "stated",
    [None, "", 7, [ISSUER], ISSUER.upper(), "https://login.example.com/realms/other", "https://login.example.com/{tenantid}/v2.0"],
)  # fmt: skip
def test_another_issuers_description_is_not_used(stated: object) -> None:
    with pytest.raises(OidcUnavailableError):
        parse_metadata({**DOCUMENT, "issuer": stated}, issuer=ISSUER)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "url",
    [
        None,
        5,
        "",
        "/token",
        "http://login.example.com/token",
        "http://localhost.example.com/token",
        "http://127.0.0.1.example.com/token",
        "ftp://login.example.com/token",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user:password@login.example.com/token",
        "https://login.example.com:port/token",
        "https://login.example.com/token#part",
        "https://login.example.com/to ken",
        "https://login.example.com/to\nken",
        "https://login.example.com\\token",
        "https://",
        "https://[::1/token",
    ],
)
def test_an_unsafe_address_is_not_used(name: str, url: object) -> None:
    with pytest.raises(OidcUnavailableError, match=name):
        parse_metadata({**DOCUMENT, name: url}, issuer=ISSUER)


@pytest.mark.parametrize("url", ["http://localhost:8080/x", "http://127.0.0.7/x", "http://[::1]:9/x"])
def test_a_provider_on_this_machine_needs_no_certificate(url: str) -> None:
    assert parse_metadata({**DOCUMENT, "token_endpoint": url}, issuer=ISSUER).token_endpoint == url


@pytest.mark.parametrize("stated", [["none"], ["HS256"], ["HS256", "none", "XS256", None, 3]])
def test_a_provider_that_signs_with_nothing_or_a_shared_secret_leaves_no_algorithm(stated: list[object]) -> None:
    document = {**DOCUMENT, "id_token_signing_alg_values_supported": stated}

    assert parse_metadata(document, issuer=ISSUER).algorithms == ()


@pytest.mark.parametrize("document", [{}, {"keys": []}, {"keys": "x"}, {"keys": [None, 5]}, {"keys": {"kty": "RSA"}}])
def test_a_provider_without_keys_cannot_be_used(document: dict[str, Any]) -> None:
    with pytest.raises(OidcUnavailableError):
        parse_keys(document)


def test_keys_for_encryption_and_shared_secrets_verify_nothing() -> None:
    rsa = SigningKey.make("RS256", "a").public
    keys = [{**rsa, "use": "enc"}, {"kty": "oct", "k": "AAAA", "kid": "b"}, {"kid": "c"}, rsa]

    assert [key.material for key in parse_keys({"keys": keys})] == [rsa]


def test_description_and_keys_are_fetched_once_an_hour(setup: Setup) -> None:
    provider = setup.provider()
    for seconds in (0, 1000, 3000, 3599):
        setup.clock = seconds
        provider.keys("first")

    assert sorted(setup.asked) == ["/.well-known/openid-configuration", "/keys"]
    setup.clock = 3700
    provider.keys("first")
    assert setup.asked.count("/keys") == 2


def test_a_new_key_is_found_at_once_and_unknown_ones_are_asked_for_at_most_every_ten_seconds(setup: Setup) -> None:
    provider = setup.provider()
    provider.keys("first")
    setup.fake.key, setup.clock = SigningKey.make("RS256", "second"), 11.0

    assert [key.key_id for key in provider.keys("second")] == ["second"]
    before = setup.asked.count("/keys")
    assert [provider.keys(f"unknown-{n}") for n in range(20)] == [[]] * 20
    assert setup.asked.count("/keys") == before


METHODS = [["client_secret_basic"], ["client_secret_post"], ["private_key_jwt", "client_secret_post"], [], None]


@pytest.mark.parametrize("methods", METHODS)
def test_the_client_proves_itself_as_the_provider_wants(setup: Setup, methods: list[str] | None) -> None:
    """The fake takes what decodes to the client's id and secret, both of which have characters that must be encoded."""
    attempt, provider = Attempt.new(1), setup.provider()
    asked = {"redirect_uri": provider.client.redirect_uri, "nonce": "n", "code_challenge": attempt.challenge}
    setup.fake.change_metadata = lambda document: {**document, "token_endpoint_auth_methods_supported": methods}
    setup.fake.codes["c"] = asked

    assert provider.redeem("c", verifier=attempt.verifier).id_token.count(".") == 2


def test_a_client_that_the_provider_does_not_know_is_the_deployments_mistake(setup: Setup) -> None:
    with pytest.raises(OidcUnavailableError, match="invalid_client"):
        setup.provider(secret="another").redeem("c", verifier="v")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, body=b'{"error": "invalid_grant"}'),
        Answer(400, body=b"{}"),
        Answer(403, body=b'{"error": 5}'),
        Answer(200, body=b'{"access_token": "x"}'),
        Answer(200, body=b'{"id_token": null}'),
        Answer(200, body=b'{"id_token": ["a.b.c"]}'),
    ],
)
def test_a_code_that_gives_no_token_proves_nobody(setup: Setup, answer: Answer) -> None:
    setup.fake.token_answer = answer

    with pytest.raises(OidcRefusedError):
        setup.provider().redeem("c", verifier="v")


@pytest.mark.parametrize(
    "client",
    [
        Client("", "id", "s", "https://a.example/cb"),
        Client("http://login.example.com", "id", "s", "https://a.example/cb"),
        Client("https://login.example.com?x=1", "id", "s", "https://a.example/cb"),
        Client("https://login.example.com", "", "s", "https://a.example/cb"),
        Client("https://login.example.com", "id", "s", "/api/v1/auth/oidc/callback"),
        Client("https://login.example.com", "id", "s", "http://a.example/cb"),
    ],
)
def test_an_incomplete_registration_is_named(client: Client) -> None:
    with pytest.raises(OidcUnavailableError, match=r"issuer|client_id|PublicBaseUrl"):
        require_complete(client)
