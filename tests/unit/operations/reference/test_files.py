"""The files behind GET /docs, through its handler as API Gateway calls it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from typing import Any, get_args

import pytest
from operations.get_docs import handler
from voicehelper.operations.reference.files import FileName, accepts_gzip

from tests.support.application import ROOT

VENDORED = ROOT / "shared/voicehelper/operations/reference/swagger-ui"
LAMBDA_RESPONSE_BYTES = 6 * 1024 * 1024


def get(query: str = "", **headers: str) -> dict[str, Any]:
    event = json.loads((ROOT / "events/operations/get_docs.json").read_text("utf-8"))
    event |= {"rawQueryString": query, "headers": event["headers"] | headers}
    return dict(handler(event, None))


def body(response: dict[str, Any]) -> bytes:
    content = response["body"]
    return base64.b64decode(content) if response["isBase64Encoded"] else content.encode()


@pytest.mark.parametrize("name", get_args(FileName))
def test_a_file_is_sent_compressed_or_not_as_the_client_takes_it(name: str) -> None:
    plain = get(f"file={name}")
    packed = get(f"file={name}", **{"accept-encoding": "br, gzip"})

    compressed = packed["headers"].get("content-encoding") == "gzip"

    assert "content-encoding" not in plain["headers"]
    assert compressed == (len(body(plain)) > 1024 and name != "page.html")
    assert (gzip.decompress(body(packed)) if compressed else body(packed)) == body(plain)


@pytest.mark.parametrize("name", get_args(FileName))
def test_a_file_fits_into_a_response_and_may_load_from_its_own_host_only(name: str) -> None:
    response = get(f"file={name}")

    policy = response["headers"]["content-security-policy"]

    assert response["statusCode"] == 200
    assert len(json.dumps(response)) < LAMBDA_RESPONSE_BYTES
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in policy


def test_the_vendored_files_are_those_of_the_recorded_version() -> None:
    record = (VENDORED / "README.md").read_text("utf-8")

    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        digest = hashlib.sha256(gzip.decompress((VENDORED / f"{name}.gz").read_bytes())).hexdigest()
        assert f"| `{name}` | sha256 `{digest}` |" in record


def test_another_file_is_refused() -> None:
    assert get("file=../routes.py")["statusCode"] == 422


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip; q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0", False),
        ("br", False),
        ("", False),
    ],
)
def test_gzip_is_sent_only_where_it_is_taken(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) == accepted
