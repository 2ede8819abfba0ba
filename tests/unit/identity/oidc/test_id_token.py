"""Only a fresh token of this provider, for this client and this sign-in, names a person."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from voicehelper.identity.oidc.errors import OidcRefusedError
from voicehelper.identity.oidc.id_token import Person, read_id_token
from voicehelper.identity.oidc.provider import Tokens

from tests.support.oidc_provider import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, SigningKey
from tests.unit.identity.oidc.conftest import Setup

NONCE = "n-0S6_WzA2Mj"
Change = Callable[[dict[str, Any]], dict[str, Any]]


def read(setup: Setup, token: str | None = None) -> Person:
    id_token = setup.fake.id_token(NONCE) if token is None else token
    return read_id_token(Tokens(id_token, ACCESS_TOKEN), setup.provider(), nonce=NONCE)


def refused(setup: Setup, token: str | None = None) -> str:
    with pytest.raises(OidcRefusedError) as error:
        read(setup, token)
    return str(error.value)


def change(**claims: Any) -> Change:
    """None removes a claim."""
    return lambda valid: {name: value for name, value in (valid | claims).items() if value is not None}


def test_a_valid_token_names_the_person(setup: Setup) -> None:
    setup.fake.person |= {"email": "Jana@Example.org", "email_verified": True}

    assert read(setup) == Person(setup.fake.issuer, "248289761001", "Jana@Example.org", "Jana Novák")


@pytest.mark.parametrize(
    "algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
)
def test_every_usual_signature_is_verified(setup: Setup, algorithm: str) -> None:
    setup.fake.algorithm, setup.fake.key = algorithm, SigningKey.make(algorithm, "k")
    assert read(setup).subject == "248289761001"

    setup.fake.published = [SigningKey.make(algorithm, "k").public]
    assert refused(setup)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [CLIENT_ID]},
        {"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID},
        {"azp": CLIENT_ID},
        {"email": None, "groups": ["a" * 50] * 100},
    ],
)
def test_odd_but_legal_tokens_are_read(setup: Setup, claims: dict[str, Any]) -> None:
    setup.fake.change_claims = change(**claims)

    assert read(setup).subject == "248289761001"


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -30), ("iat", 30), ("nbf", 30), ("exp", 300.5)])
def test_a_provider_s_clock_may_be_a_little_early_or_late(setup: Setup, claim: str, seconds: float) -> None:
    setup.fake.change_claims = change(**{claim: int(time.time()) + seconds})

    assert read(setup).subject == "248289761001"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example.com"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": []},
        {"aud": None},
        {"aud": f"{CLIENT_ID} "},
        {"aud": [CLIENT_ID, "other"]},
        {"aud": [CLIENT_ID, "other"], "azp": "other"},
        {"azp": "other"},
        {"nonce": None},
        {"nonce": "another"},
        {"nonce": [NONCE]},
        {"nonce": NONCE.upper()},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"sub": "x" * 256},
        {"sub": "a\0b"},
    ],
)
def test_a_token_of_another_issuer_client_sign_in_or_time_is_refused(setup: Setup, claims: dict[str, Any]) -> None:
    setup.fake.change_claims = change(**claims)

    assert refused(setup)


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", "application/at+jwt", "secevent+jwt"])
def test_other_things_that_the_provider_signs_are_no_id_tokens(setup: Setup, kind: str) -> None:
    setup.fake.header = {"typ": kind}

    assert "kind" in refused(setup)


@pytest.mark.parametrize("kind", ["JWT", "jwt", "application/jwt"])
def test_a_kind_is_written_as_one_likes(setup: Setup, kind: str) -> None:
    setup.fake.header = {"typ": kind}

    assert read(setup).subject


def unsigned(algorithm: str) -> str:
    now = int(time.time())
    claims = {"iss": "http://127.0.0.1:8443", "aud": CLIENT_ID, "sub": "1", "iat": now, "exp": now + 60, "nonce": NONCE}
    parts = [{"alg": algorithm, "typ": "JWT", "kid": "first"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "RS256"])
def test_a_token_without_a_signature_is_refused(setup: Setup, algorithm: str) -> None:
    assert refused(setup, unsigned(algorithm))


@pytest.mark.parametrize("secret", [CLIENT_SECRET, "public"])
def test_a_shared_secret_signs_nothing(setup: Setup, secret: str) -> None:
    """Neither the client's, nor the public key's text taken for one: RFC 8725 §2.1."""
    text = json.dumps(setup.fake.key.public) if secret == "public" else secret
    signed = unsigned("HS256").rstrip(".")
    signature = base64.urlsafe_b64encode(hmac.digest(text.encode(), signed.encode(), "sha256")).rstrip(b"=")

    assert "algorithm" in refused(setup, f"{signed}.{signature.decode()}")


def test_an_algorithm_that_the_provider_does_not_use_is_refused(setup: Setup) -> None:
    token = setup.fake.id_token(NONCE)
    setup.fake.algorithm = "ES256"

    assert "algorithm" in refused(setup, token)


def test_a_key_is_used_for_its_own_algorithm_alone(setup: Setup) -> None:
    setup.fake.published = [{**setup.fake.key.public, "alg": "RS512"}]

    assert "keys fit" in refused(setup)


@pytest.mark.parametrize("key_id", [None, "first"])
def test_the_only_key_needs_no_name(setup: Setup, key_id: str | None) -> None:
    setup.fake.key = SigningKey.make("RS256", None)
    setup.fake.header = {"kid": key_id} if key_id else {}
    setup.fake.published = [setup.fake.key.public, SigningKey.make("ES256", None).public]

    assert read(setup).subject


def test_of_several_keys_the_token_names_one(setup: Setup) -> None:
    other = SigningKey.make("RS256", "other").public
    setup.fake.published = [other, setup.fake.key.public]
    assert read(setup).subject

    setup.fake.published = [other, {k: v for k, v in setup.fake.key.public.items() if k != "kid"}]
    setup.fake.key = SigningKey(setup.fake.key.private, {k: v for k, v in setup.fake.key.public.items() if k != "kid"})
    assert "keys fit" in refused(setup)


@pytest.mark.parametrize("broken", [{"n": "!!"}, {"n": None}, {"e": ""}, {"n": "AQAB", "e": "AQAB"}, {"kty": "EC"}])
def test_a_broken_key_refuses(setup: Setup, broken: dict[str, Any]) -> None:
    setup.fake.published = [{**setup.fake.key.public, **broken}]

    assert refused(setup)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "ey.ey.ey", "é.é.é", "x" * 40_000, "{}", "a.b", "a.b.c.d", "a.b.c.d.e", " . . "]
)
def test_what_is_no_token_is_refused(setup: Setup, token: str) -> None:
    assert refused(setup, token)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_changed_anywhere_is_refused(setup: Setup, part: int) -> None:
    parts = setup.fake.id_token(NONCE).split(".")
    parts[part] = parts[part][:9] + ("A" if parts[part][9] != "A" else "B") + parts[part][10:]

    assert refused(setup, ".".join(parts))


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "li@example.cn", "email_verified": True}, "li@example.cn"),
        ({"email": "li@example.cn", "email_verified": "true"}, "li@example.cn"),
        ({"email": " ｌｉ@example.cn ", "email_verified": True}, "li@example.cn"),
        ({"email": "li@example.cn"}, ""),
        ({"email": "li@example.cn", "email_verified": False}, ""),
        ({"email": "li@example.cn", "email_verified": "false"}, ""),
        ({"email": "li@example.cn", "email_verified": 1}, ""),
        ({"email": "li@example.cn", "email_verified": [True]}, ""),
        ({"email": "li@example.cn", "email_verified": "yes"}, ""),
        ({"email": "li@example.cn", "xms_edov": True}, "li@example.cn"),
        ({"email": "li@example.cn", "xms_edov": "1"}, "li@example.cn"),
        ({"email": "li@example.cn", "xms_edov": 1}, "li@example.cn"),
        ({"email": "li@example.cn", "xms_edov": "0"}, ""),
        ({"email": "li@example.cn", "xms_edov": False}, ""),
        ({"email": "li@example.cn", "xms_edov": None}, ""),
        ({"email": "li@example.cn", "xms_edov": ["1"]}, ""),
        ({"email": "li@example.cn", "xms_edov": True, "email_verified": False}, ""),
        ({"email": "li@example.cn", "xms_edov": True, "email_verified": None}, ""),
        ({"email_verified": True}, ""),
        ({"email": None, "email_verified": True}, ""),
        ({"email": ["li@example.cn"], "email_verified": True}, ""),
        ({"email": "li@example.cn, boss@example.cn", "email_verified": True}, ""),
        ({"email": "li", "email_verified": True}, ""),
        ({"email": "li@[192.0.2.1]", "email_verified": True}, ""),
        ({"email": "li\u200b@example.cn", "email_verified": True}, ""),
        ({"preferred_username": "li@example.cn", "upn": "li@example.cn", "email_verified": True}, ""),
    ],
)
def test_an_address_counts_only_when_the_provider_has_verified_it(
    setup: Setup, claims: dict[str, Any], email: str
) -> None:
    setup.fake.person |= claims

    assert read(setup).email == email


@pytest.mark.parametrize(
    ("claims", "username"),
    [
        ({"name": "王小明"}, "王小明"),
        ({"name": "王伟", "preferred_username": "wangwei"}, "wangwei"),
        ({"name": "A" * 40}, "A" * 32),
        ({"name": f"{'B' * 31} C"}, "B" * 31),
        ({"name": "\u202eevil", "nickname": "Olga"}, "Olga"),
        ({"name": ["x"], "preferred_username": {"a": 1}}, "someone"),
        ({"name": "  ", "email": "someone@example.org"}, "someone"),
        ({"name": "Li", "email": "li@example.cn", "email_verified": True}, "user"),
    ],
)
def test_a_username_is_the_first_name_that_can_be_one(setup: Setup, claims: dict[str, Any], username: str) -> None:
    setup.fake.person = {"sub": "1", "email": "someone@example.org", "email_verified": True} | claims

    assert read(setup).username == username


ADDRESS = {"email": "ola@example.no", "email_verified": True, "name": "Ola Nordmann"}


@pytest.mark.parametrize("claims", [{}, {"email": None, "name": None}])
def test_an_address_that_is_not_in_the_token_is_asked_for(setup: Setup, claims: dict[str, Any]) -> None:
    setup.fake.person, setup.fake.told_apart = {"sub": "1", **claims}, ADDRESS

    assert read(setup) == Person(setup.fake.issuer, "1", "ola@example.no", "Ola Nordmann")


def test_what_the_signed_token_says_counts_more(setup: Setup) -> None:
    setup.fake.person, setup.fake.told_apart = {"sub": "1", "email_verified": False, "name": "Kari"}, ADDRESS

    assert read(setup) == Person(setup.fake.issuer, "1", "", "Kari")


def test_a_token_with_an_address_needs_nothing_else(setup: Setup) -> None:
    setup.fake.person |= {"email": "kari@example.no"}
    setup.fake.told_apart = ADDRESS

    assert read(setup).email == ""
    assert "/userinfo" not in setup.asked


@pytest.mark.parametrize("subject", ["2", "", None, 1, ["1"]])
def test_what_is_told_of_another_person_is_refused(setup: Setup, subject: object) -> None:
    setup.fake.person, setup.fake.told_apart = {"sub": "1"}, {**ADDRESS, "sub": subject}

    assert "another person" in refused(setup)


@pytest.mark.parametrize("endpoint", [None, "http://login.example.com/userinfo", "/userinfo", 5])
def test_a_provider_may_tell_nothing_else(setup: Setup, endpoint: object) -> None:
    setup.fake.person, setup.fake.told_apart = {"sub": "1"}, ADDRESS
    setup.fake.change_metadata = lambda document: {**document, "userinfo_endpoint": endpoint}

    assert read(setup).email == ""


@pytest.mark.parametrize("access_token", ["", "expired"])
def test_without_an_access_token_that_counts_nothing_else_is_told(setup: Setup, access_token: str) -> None:
    setup.fake.person, setup.fake.told_apart = {"sub": "1"}, ADDRESS
    tokens = Tokens(setup.fake.id_token(NONCE), access_token)

    assert read_id_token(tokens, setup.provider(), nonce=NONCE).email == ""
