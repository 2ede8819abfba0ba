"""Forged, stolen and misused tokens against the running product."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import string
import time
import uuid
import zlib
from collections.abc import Iterator
from typing import Any, Final

import jwt
import pytest

from tests.attack.conftest import Count
from tests.support.client import Client, http_client
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


def tricks_with_keys(key: str, other: str) -> Iterator[tuple[str, str]]:
    """What is wrong with it, and the header."""
    mark, prefix, secret = key.split("_")
    other_prefix, other_secret = other.split("_")[1:]
    for why, text in (
        ("truncated by one", key[:-1]),
        ("its checksum cut", key[:-6]),
        ("the mark and the prefix alone", f"{mark}_{prefix}_"),
        ("a wrong checksum", key[:-1] + ("0" if key[-1] != "0" else "1")),
        ("another prefix, the right secret", f"{mark}_{other_prefix}_{secret}"),
        ("the right prefix, another secret", f"{mark}_{prefix}_{other_secret}"),
        ("another prefix, signed anew", resigned(f"{mark}_{other_prefix}_{secret[:-6]}")),
        ("another secret, signed anew", resigned(f"{mark}_{prefix}_{other_secret[:-6]}")),
        ("a secret of zeros", resigned(f"{mark}_{prefix}_{'0' * 43}")),
        ("an unknown prefix, signed", resigned(f"{mark}_{'A' * 12}_{secret[:-6]}")),
        ("a wildcard as prefix", f"{mark}_%%%%%%%%%%%%_{secret}"),
        ("statements as prefix", f"{mark}_' OR '1'='1_{secret}"),
        ("lower-cased", key.lower()),
        ("upper-cased", key.upper()),
        ("another mark", key.replace("vh_", "sk_", 1)),
        ("hyphens", key.replace("_", "-")),
        ("a space inside", f"{key[:20]} {key[20:]}"),
        ("a tab inside", f"{key[:20]}\t{key[20:]}"),
        ("two keys with a space", f"{key} {other}"),
        ("two keys with a comma", f"{key}, {other}"),
        ("the key twice", key + key),
        ("in quotes", f'"{key}"'),
        ("in angle brackets", f"<{key}>"),
        ("a dot behind", f"{key}."),
        ("percent-encoded", key.replace("_", "%5F")),
        ("the hash in its place", f"{mark}_{prefix}_{hashlib.sha256(secret.encode()).hexdigest()}"),
        ("very long", key + "0" * 60_000),
        ("repeated for long", key * 100),
    ):
        yield why, f"Bearer {text}"
    yield "basic auth as user", f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"
    yield "basic auth as password", f"Basic {base64.b64encode(f':{key}'.encode()).decode()}"
    yield "no scheme", key
    yield "another scheme", f"ApiKey {key}"
    yield "the scheme twice", f"Bearer Bearer {key}"
    yield "an equals sign", f"Bearer={key}"


def resigned(body: str) -> str:
    """With the checksum that belongs to it: whoever forges knows how it is made."""
    digits, number, places = string.digits + string.ascii_uppercase + string.ascii_lowercase, 0, ""
    number = zlib.crc32(body.encode())
    for _ in range(6):
        number, place = divmod(number, 62)
        places = digits[place] + places
    return body + places


@pytest.mark.timeout(300)
def test_tricks_with_keys_open_nothing(product: Product, count: Count) -> None:
    maker = Client(product.base_url)
    machine, other = maker.with_key(), maker.with_key()
    tricks = list(tricks_with_keys(machine.created["key"], other.created["key"]))
    accepted = [why for why, header in tricks if not refused(machine, header)]

    assert accepted == []
    assert machine.call("GET", ME).is_success
    count("tricks with keys", len(tricks))


@pytest.mark.parametrize("character", ["\u00a0", "\u0085", "\x1c", "\x0b", "\0", "\u00ad", "\u00b2"])
def test_bytes_around_and_inside_a_key_make_it_another(client: Client, character: str, count: Count) -> None:
    """Sent as one byte each, as HTTP carries them; look-alikes of other scripts come as several such bytes."""
    key = client.with_key().created["key"]
    assert raw_status(client, f"Bearer {key}".encode()) == 200
    for text in (key + character, character + key, key[:20] + character + key[20:]):
        assert raw_status(client, b"Bearer " + text.encode("latin-1")) in (0, 400, 401)
    for look_alike in (key.replace("v", "\u03bd", 1), key.replace("h", "\u04bb", 1), "\ufeff" + key, key + "\u200b"):
        assert raw_status(client, b"Bearer " + look_alike.encode()) in (0, 400, 401)
    count("characters around keys", 7)


def raw_status(client: Client, authorization: bytes) -> int:
    """0 where the front door closes the connection instead of answering; httpx would refuse to send most of these."""
    url = client.http.base_url
    request = b"GET %b HTTP/1.1\r\nhost: %b\r\nauthorization: %b\r\nconnection: close\r\n\r\n"
    with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
        connection.sendall(request % (ME.encode(), url.netloc, authorization))
        line = connection.makefile("rb").readline()
    return int(line.split()[1]) if line.strip() else 0


@pytest.mark.parametrize("name", ["key", "api_key", "access_token", "authorization", "token"])
def test_a_key_is_not_read_from_the_query_a_cookie_or_other_headers(client: Client, name: str, count: Count) -> None:
    key = client.with_key().created["key"]
    with http_client(str(client.http.base_url)) as nobody:
        answers = [
            nobody.get(ME, params={name: key}),
            nobody.get(ME, headers={"cookie": f"{name}={key}"}),
            nobody.get(ME, headers={f"x-{name.replace('_', '-')}": key}),
            nobody.get(ME, headers={"proxy-authorization": f"Bearer {key}"}),
        ]

    assert [answer.status_code for answer in answers] == [401] * 4
    count("other places for a key", 4)


def test_a_key_is_no_refresh_token(client: Client, count: Count) -> None:
    key = client.with_key().created["key"]
    assert client.call("POST", "/api/v1/auth/refresh", json={"refresh_token": key}).status_code == 401
    count("tokens of another kind", 1)
