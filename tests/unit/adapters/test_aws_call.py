from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from voicehelper.adapters import aws_call

KEY_ID, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token"
HEADERS = {
    "content-type": "application/x-amz-json-1.1",
    "host": "secretsmanager.eu-west-1.amazonaws.com",
    "x-amz-target": "secretsmanager.GetSecretValue",
}
BODY = b'{"SecretId": "x"}'


@pytest.mark.parametrize("path", ["/", "/2015-03-31/functions/ask%3A7/invocations"], ids=["service", "version"])
def test_requests_carry_the_signature_that_the_sdk_makes(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    now = datetime(2025, 11, 1, 10, 0, tzinfo=UTC)

    signed = aws_call.sign(HEADERS, BODY, service="secretsmanager", region="eu-west-1", now=now, path=path)

    assert signed["authorization"].endswith(f"Signature={_sdk_signature('20251101T100000Z', path)}")


def _sdk_signature(timestamp: str, path: str) -> str:
    request = AWSRequest("POST", f"https://{HEADERS['host']}{path}", headers=HEADERS, data=BODY)
    request.context["timestamp"] = timestamp
    request.headers["X-Amz-Date"] = timestamp
    request.headers["X-Amz-Security-Token"] = TOKEN
    signer = SigV4Auth(Credentials(KEY_ID, SECRET, TOKEN), "secretsmanager", "eu-west-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return str(signature)
