"""Self-contained tokens; the marker names the requirement of OWASP ASVS 5.0, chapter V9, that a test covers."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import UUID

import jwt
import pytest
from voicehelper.identity.keys import KeyRing
from voicehelper.identity.tokens import InvalidTokenError, issue, verify

from tests.unit.identity.forging import OTHER, PREVIOUS, WHO, claims, forged, unsigned


def test_an_issued_token_names_its_user(keys: KeyRing) -> None:
    token = issue(keys, WHO, "at+jwt", life_s=60, now=int(time.time()))

    assert verify(keys, token, "at+jwt") == WHO


@pytest.mark.asvs("9.1.1")
def test_changed_claims_break_the_signature(keys: KeyRing) -> None:
    head, _, signature = forged().split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims(sub=str(UUID(int=9)))).encode()).rstrip(b"=").decode()

    with pytest.raises(InvalidTokenError):
        verify(keys, f"{head}.{body}.{signature}", "at+jwt")


@pytest.mark.asvs("9.1.2")
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS384", "HS512", "RS256"])
def test_only_one_algorithm_is_accepted(keys: KeyRing, algorithm: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, unsigned({"alg": algorithm, "kid": "new", "typ": "at+jwt"}, claims()), "at+jwt")


@pytest.mark.asvs("9.1.2")
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_valid_signatures_of_another_algorithm_are_refused(keys: KeyRing, algorithm: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(algorithm=algorithm), "at+jwt")


@pytest.mark.asvs("9.1.3")
@pytest.mark.parametrize(
    "kid", [None, "", "unknown", 1, ["new"], {"new": 1}, "../../dev/null", "new' OR '1'='1", "new\u0000", "n" * 3000]
)
def test_unknown_and_malformed_key_ids_are_refused(keys: KeyRing, kid: Any) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, unsigned({"alg": "HS256", "kid": kid, "typ": "at+jwt"}, claims(), b"x" * 32), "at+jwt")


@pytest.mark.asvs("9.1.3")
@pytest.mark.parametrize("header", ["jku", "jwk", "x5u", "x5c"])
def test_keys_named_in_the_header_are_ignored(keys: KeyRing, header: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(OTHER, headers={header: "https://attacker.example/key"}), "at+jwt")


def test_the_new_key_signs_during_a_rotation(keys: KeyRing) -> None:
    token = issue(keys, WHO, "at+jwt", life_s=60, now=int(time.time()))

    assert jwt.get_unverified_header(token)["kid"] == "new"


def test_the_old_key_still_verifies_its_own_tokens_during_a_rotation(keys: KeyRing) -> None:
    assert verify(keys, forged(PREVIOUS, headers={"kid": "old"}), "at+jwt") == WHO

    with pytest.raises(InvalidTokenError):
        verify(keys, forged(PREVIOUS), "at+jwt")


@pytest.mark.asvs("9.2.1")
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
def test_tokens_are_valid_only_within_their_time(keys: KeyRing, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(**changes), "at+jwt")


@pytest.mark.asvs("9.2.2")
@pytest.mark.parametrize(("issued", "expected"), [("at+jwt", "rt+jwt"), ("rt+jwt", "at+jwt")])
def test_tokens_are_accepted_only_for_their_own_use(keys: KeyRing, issued: Any, expected: Any) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, issue(keys, WHO, issued, life_s=60, now=int(time.time())), expected)


@pytest.mark.asvs("9.2.3")
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
def test_foreign_audiences_issuers_and_subjects_are_refused(keys: KeyRing, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, forged(**changes), "at+jwt")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "é.b.c", "a" * 5000, forged()[:-1], forged()[:40], forged() + ".x", f"{forged()}\n"],
    ids=["empty", "dot", "dots", "short", "not-ascii", "long", "cut-by-one", "cut", "fourth-part", "line-feed"],
)
def test_malformed_tokens_are_refused(keys: KeyRing, token: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(keys, token, "at+jwt")
