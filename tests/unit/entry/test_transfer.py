"""ETags, 304 and gzip of responses."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from voicehelper.entry.transfer import for_transfer

LONG = json.dumps({"items": ["云梯 T1 water purifier"] * 100}, ensure_ascii=False)


def sent(
    body: str = LONG, *, method: str = "GET", path: str = "/api/v1/things", status: int = 200, **headers: str
) -> dict[str, Any]:
    """Names of headers are written with underscores."""
    event = {
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "rawPath": path,
        "requestContext": {"http": {"method": method}},
    }
    answer = {"statusCode": status, "headers": {"content-type": "application/json"}, "body": body}
    return for_transfer(event, answer | {"isBase64Encoded": False})


def test_a_long_answer_is_compressed_for_who_accepts_it() -> None:
    answer = sent(accept_encoding="br, gzip;q=0.5")

    packed = base64.b64decode(answer["body"])
    assert gzip.decompress(packed).decode() == LONG
    assert len(packed) < len(LONG.encode()) / 5
    assert (answer["headers"]["content-encoding"], answer["headers"]["vary"]) == ("gzip", "accept-encoding")


@pytest.mark.parametrize("accepts", ["", "br", "gzip;q=0", "gzip; q=0.0", "identity", "gzipped", "*;q=0"])
def test_who_does_not_accept_it_gets_it_as_it_is(accepts: str) -> None:
    assert sent(accept_encoding=accepts)["body"] == LONG


@pytest.mark.parametrize(
    "path", ["/api/v1/auth/login", "/api/v1/keys", "/api/v1/members/invitations", "/api/v1/webhooks"]
)
def test_answers_with_secrets_are_not_compressed(path: str) -> None:
    assert sent(path=path, method="POST", accept_encoding="gzip")["body"] == LONG


def test_a_short_answer_is_not_compressed() -> None:
    assert sent("{}", accept_encoding="gzip")["body"] == "{}"


def test_what_the_client_has_is_not_sent_again() -> None:
    etag = sent()["headers"]["etag"]
    again = sent(if_none_match=f'"other", {etag}', accept_encoding="gzip")

    assert (again["statusCode"], again["body"], again["headers"]) == (304, "", {"etag": etag})


def test_an_etag_is_the_same_compressed_and_not_and_another_for_another_answer() -> None:
    assert sent()["headers"]["etag"] == sent(accept_encoding="gzip")["headers"]["etag"]
    assert sent()["headers"]["etag"] != sent(LONG + " ")["headers"]["etag"]
    assert sent(if_none_match=sent(LONG + " ")["headers"]["etag"])["statusCode"] == 200


@pytest.mark.parametrize("known", ["*", '"x", *'])
def test_a_star_matches_whatever_there_is(known: str) -> None:
    assert sent(if_none_match=known)["statusCode"] == 304


@pytest.mark.parametrize(("method", "status"), [("POST", 200), ("GET", 404), ("GET", 202)])
def test_only_what_was_read_has_an_etag(method: str, status: int) -> None:
    assert "etag" not in sent(method=method, status=status)["headers"]
