"""Self-contained tokens, requirement by requirement of OWASP ASVS 5.0, chapter V9."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import UUID

import jwt
import pytest
from voicehelper.identity.authorizer import authorize
from voicehelper.identity.keys import KeyRing, SigningKeys, WeakSigningKeyError, check_strength
from voicehelper.identity.revocation import RevocationList
from voicehelper.identity.tokens import AUDIENCE, ISSUER, Identity, InvalidTokenError, issue, verify

CURRENT, PREVIOUS, OTHER = (bytes([65 + n]) * 64 for n in range(3))
WHO = Identity(UUID(int=1), UUID(int=2), UUID(int=3), ("admin",))


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing(lambda: SigningKeys("new", {"new": CURRENT, "old": PREVIOUS}))


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    full = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": str(WHO.user_id), "tid": str(WHO.tenant_id), "fid": str(WHO.family_id),
        "roles": ["admin"], "iat": now, "nbf": now, "exp": now + 60, "jti": "x",
    }  # fmt: skip
    return {name: value for name, value in (full | changes).items() if value is not None}


def forged(
    secret: bytes = CURRENT, *, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any
) -> str:
    return jwt.encode(
        claims(**changes), secret, algorithm=algorithm, headers={"kid": "new", "typ": "at+jwt"} | (headers or {})
    )


def raw(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_a_token_of_ours_says_who_it_is(keys: KeyRing) -> None:
    assert verify(keys, issue(keys, WHO, "at+jwt", life_s=60, now=int(time.time())), "at+jwt") == WHO


def test_v9_1_1_a_changed_claim_breaks_the_signature(keys: KeyRing) -> None:
    head, _, signature = forged().split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims(sub=str(UUID(int=9)))).encode()).rstrip(b"=").decode()

    with pytest.raises(InvalidTokenError):
        verify(keys, f"{head}.{body}.{signature}", "at+jwt")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS384", "HS512", "RS256"])
def test_v9_1_2_only_our_algorithm_is_taken(keys: KeyRing, algorithm: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, raw({"alg": algorithm, "kid": "new", "typ": "at+jwt"}, claims()), "at+jwt")


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_v9_1_2_a_good_key_with_another_algorithm_is_refused(keys: KeyRing, algorithm: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(algorithm=algorithm), "at+jwt")


@pytest.mark.parametrize(
    "kid", [None, "", "unknown", 1, ["new"], {"new": 1}, "../../dev/null", "new' OR '1'='1", "new\u0000", "n" * 3000]
)
def test_v9_1_3_the_key_comes_from_us_whatever_the_header_names(keys: KeyRing, kid: Any) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, raw({"alg": "HS256", "kid": kid, "typ": "at+jwt"}, claims(), b"x" * 32), "at+jwt")


@pytest.mark.parametrize("header", ["jku", "jwk", "x5u", "x5c"])
def test_v9_1_3_a_key_inside_the_header_is_ignored(keys: KeyRing, header: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(OTHER, headers={header: "https://attacker.example/key"}), "at+jwt")


def test_both_keys_verify_while_a_rotation_lasts_and_the_new_one_signs(keys: KeyRing) -> None:
    assert verify(keys, forged(PREVIOUS, headers={"kid": "old"}), "at+jwt") == WHO
    token = issue(keys, WHO, "at+jwt", life_s=60, now=int(time.time()))
    assert jwt.get_unverified_header(token)["kid"] == "new"
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(PREVIOUS), "at+jwt")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 1},
        {"nbf": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
        {"exp": "soon"},
        {"exp": None},
        {"nbf": None},
    ],
)
def test_v9_2_1_a_token_lives_only_in_its_time(keys: KeyRing, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(**changes), "at+jwt")


@pytest.mark.parametrize(
    ("issued", "wanted"), [("rt+jwt", "at+jwt"), ("at+jwt", "rt+jwt"), ("file+jwt", "at+jwt"), ("at+jwt", "file+jwt")]
)
def test_v9_2_2_a_token_is_taken_only_for_its_own_use(keys: KeyRing, issued: Any, wanted: Any) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, issue(keys, WHO, issued, life_s=60, now=int(time.time())), wanted)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": None},
        {"aud": []},
        {"iss": "another"},
        {"iss": None},
        {"sub": "x"},
        {"tid": None},
        {"fid": 7},
    ],
)
def test_v9_2_3_audience_issuer_and_subject_must_be_ours(keys: KeyRing, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(**changes), "at+jwt")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "é.b.c", "a" * 5000, forged()[:-1], forged()[:40], forged() + ".x", f"{forged()}\n"],
)
def test_what_is_no_token_is_refused_without_an_accident(keys: KeyRing, token: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, token, "at+jwt")


@pytest.mark.parametrize("secret", ["", "short", "a" * 31, "changeme" * 8, "placeholder" + "x" * 40])
def test_id_6_a_deployed_service_refuses_a_weak_secret(secret: str) -> None:
    with pytest.raises(WeakSigningKeyError):
        check_strength(secret, stage="prod")


def test_an_unknown_key_id_costs_at_most_one_fetch_in_ten_seconds() -> None:
    fetches: list[float] = []
    now = [0.0]

    def fetch() -> SigningKeys:
        fetches.append(now[0])
        return SigningKeys("new", {"new": CURRENT})

    ring = KeyRing(fetch, clock=lambda: now[0])
    for _ in range(100):
        assert ring.verifying("forged") is None
    now[0] = 11.0
    ring.verifying("forged")

    assert fetches == [0.0, 11.0]


@pytest.mark.parametrize("header", ["", "Bearer", "bearer ", "Basic abc", "Bearer x y z"])
def test_an_unproved_caller_has_an_empty_context(keys: KeyRing, header: str) -> None:
    answer = authorize({"authorization": header}, keys=keys, revoked=RevocationList(lambda _: frozenset()))

    assert answer == {"isAuthorized": True, "context": {}}


def test_a_revoked_family_is_nobody_though_its_token_still_lives(keys: KeyRing) -> None:
    token = issue(keys, WHO, "at+jwt", life_s=60, now=int(time.time()))
    known = RevocationList(lambda _: frozenset({str(WHO.family_id)}))

    assert authorize({"authorization": f"Bearer {token}"}, keys=keys, revoked=known)["context"] == {}
    empty = RevocationList(lambda _: frozenset())
    assert authorize({"authorization": f"bearer {token}"}, keys=keys, revoked=empty)["context"]["roles"] == "admin"
