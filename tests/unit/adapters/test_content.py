from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import boto3
import pytest
from voicehelper.adapters.content import ContentStore

DIGEST = bytes(range(32))
CHECKSUM = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def form_of(sha256: bytes | None) -> tuple[dict[str, str], list[Any]]:
    """(fields, the conditions that S3 holds them to)"""
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    form = ContentStore(client, "bucket").upload_form("k", size_bytes=7, sha256=sha256, expires_in=60)
    return form["fields"], json.loads(b64decode(form["fields"]["policy"]))["conditions"]


def test_a_form_accepts_the_announced_bytes_only() -> None:
    fields, conditions = form_of(DIGEST)

    assert fields["x-amz-checksum-sha256"] == CHECKSUM
    assert {"x-amz-checksum-sha256": CHECKSUM} in conditions
    assert {"x-amz-checksum-algorithm": "SHA256"} in conditions


@pytest.mark.parametrize("sha256", [DIGEST, None])
def test_a_form_accepts_one_size_and_one_key(sha256: bytes | None) -> None:
    _, conditions = form_of(sha256)

    assert ["content-length-range", 7, 7] in conditions
    assert {"key": "k"} in conditions


def test_without_a_digest_nothing_is_said_of_one() -> None:
    fields, _ = form_of(None)

    assert not [name for name in fields if "checksum" in name]
