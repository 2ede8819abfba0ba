"""Forged, stolen and misused tokens against the running product."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any, Final

import jwt
import pytest

from tests.attack.conftest import Count
from tests.support.client import Client
from tests.support.product import Product

ME: Final = "/api/v1/users/me"
ALGORITHMS: Final = ("none", "None", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA")
KEY_IDS: Final[tuple[Any, ...]] = (
    None, "", "current", "../../../../dev/null", "/dev/null", "' OR 1=1 --", 0, True, [], ["k"], {"k": 1},
    "k" * 4000, "k\u0000", "密钥",
)  # fmt: skip
KINDS: Final[tuple[Any, ...]] = ("JWT", "rt+jwt", "file+jwt", "AT+JWT", "", None, 1)
EXTRA_HEADERS: Final[tuple[dict[str, Any], ...]] = (
    {"jku": "http://127.0.0.1:1/keys"}, {"jwk": {"kty": "oct", "k": "AA"}}, {"x5u": "http://127.0.0.1:1/c"},
    {"x5c": ["AA=="]}, {"crit": ["exp"]}, {"b64": False, "crit": ["b64"]}, {"zip": "DEF"},
)  # fmt: skip
CHANGED_CLAIMS: Final[tuple[tuple[str, Any], ...]] = (
    ("tid", str(uuid.uuid4())), ("roles", ["admin"]), ("exp", 2**40), ("exp", "never"), ("sub", ""),
)  # fmt: skip
SPOOFED: Final = ("x-tenant-id", "x-user-id", "x-amzn-request-context", "x-forwarded-user", "x-apigw-context")


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(genuine: str) -> Iterator[tuple[str, str]]:
    """What is wrong with it, and the token."""
    head, claims, signature = genuine.split(".")
    header = jwt.get_unverified_header(genuine)
    payload = jwt.decode(genuine, options={"verify_signature": False})
    for algorithm in ALGORITHMS:
        yield f"alg {algorithm!r}", f"{part(header | {'alg': algorithm})}.{claims}."
        yield f"alg {algorithm!r}, old signature", f"{part(header | {'alg': algorithm})}.{claims}.{signature}"
    for key_id in KEY_IDS:
        yield f"kid {key_id!r:.40}", jwt_of({**header, "kid": key_id}, payload, b"x" * 32)
    for kind in KINDS:
        yield f"typ {kind!r}", f"{part(header | {'typ': kind})}.{claims}.{signature}"
    for extra in EXTRA_HEADERS:
        yield f"header {sorted(extra)}", jwt_of(header | extra, payload, b"")
    for claim, value in (
        ("tid", str(uuid.uuid4())),
        ("roles", ["admin"]),
        ("exp", 2**40),
        ("exp", "never"),
        ("sub", ""),
    ):
        yield f"claim {claim} {value!r}", f"{head}.{part(payload | {claim: value})}.{signature}"
    for secret in (b"", b"secret", b"voicehelper", b"\x00" * 32, str(header["kid"]).encode()):
        yield f"guessed secret {secret!r}", jwt_of(header, payload, secret)
    yield "no signature", f"{head}.{claims}"
    yield "four parts", f"{genuine}.{signature}"
    yield "signature cut", genuine[:-6]
    yield "parts swapped", f"{claims}.{head}.{signature}"
    yield "huge", "a" * 60_000
    yield "empty parts", ".."
    yield "deep", f"{base64.urlsafe_b64encode(b'[' * 3000).decode()}.{claims}.{signature}"


def jwt_of(header: dict[str, Any], payload: dict[str, Any], secret: bytes) -> str:
    """PyJWT refuses to write most of these headers."""
    signed = f"{part(header)}.{part(payload)}"
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def refused(client: Client, authorization: str) -> bool:
    response = client.http.get(ME, headers={"authorization": authorization})
    # 431: the gateway's own answer to a header that is too long.
    return response.status_code in (400, 431) or (response.status_code == 401 and "code" in response.json())


@pytest.mark.timeout(300)
def test_forged_tokens_are_refused(client: Client, count: Count) -> None:
    tokens = list(forged(client.http.headers["authorization"].removeprefix("Bearer ")))
    accepted = [why for why, token in tokens if not refused(client, f"Bearer {token}")]
    assert accepted == []
    count("forged tokens", len(tokens))


@pytest.mark.parametrize("scheme", ["", "Basic ", "bearer: ", "Token ", "Bearer Bearer ", "Bearer,"])
def test_other_schemes_are_refused(client: Client, scheme: str, count: Count) -> None:
    token = client.http.headers["authorization"].removeprefix("Bearer ")
    assert refused(client, f"{scheme}{token}")
    count("authorization schemes", 1)


@pytest.mark.parametrize("name", SPOOFED)
def test_headers_do_not_say_who_calls(client: Client, name: str, count: Count) -> None:
    answer = client.http.get(ME, headers={name: json.dumps({"authorizer": {"lambda": {"sub": str(uuid.uuid4())}}})})
    assert answer.json()["id"] == client.user["id"]
    count("spoofed headers", 1)


def test_a_refresh_token_opens_nothing_and_its_reuse_ends_the_session(product: Product, count: Count) -> None:
    thief = Client(product.base_url)
    refresh = thief.sign_in()["refresh_token"]
    assert refused(thief, f"Bearer {refresh}")
    renewed = thief.json("POST", "/api/v1/auth/refresh", json={"refresh_token": refresh})
    assert thief.call("POST", "/api/v1/auth/refresh", json={"refresh_token": refresh}).status_code == 401
    successor = {"refresh_token": renewed["refresh_token"]}
    assert thief.call("POST", "/api/v1/auth/refresh", json=successor).status_code == 401
    count("uses of a spent refresh token", 3)


def test_an_access_token_of_another_kind_of_token_is_refused_as_refresh(client: Client, count: Count) -> None:
    access = client.http.headers["authorization"].removeprefix("Bearer ")
    response = client.call("POST", "/api/v1/auth/refresh", json={"refresh_token": access})
    assert response.status_code == 401
    assert time.time() < jwt.decode(access, options={"verify_signature": False})["exp"]
    count("tokens of another kind", 1)
