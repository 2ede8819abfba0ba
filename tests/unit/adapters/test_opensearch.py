from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from voicehelper.adapters import aws_call
from voicehelper.adapters.opensearch import service_of

HOST = "abc123.aoss.eu-west-1.on.aws"


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://abc123.aoss.eu-west-1.on.aws", "aoss"),
        ("https://abc123.eu-west-1.aoss.amazonaws.com", "aoss"),
        ("https://search-x-abc.us-east-1.es.amazonaws.com", "es"),
        ("https://vpc-x-abc.cn-north-1.es.amazonaws.com.cn/", "es"),
        ("https://search-x-abc.aos.us-east-1.on.aws:443", "es"),
        ("http://127.0.0.1:9200", ""),
        ("https://aoss.example.com", ""),
        ("https://es.amazonaws.com.example.org", ""),
        ("https://search.us-east-1.elb.amazonaws.com", ""),
    ],
)
def test_hosts_of_aws_are_called_signed_and_others_are_not(url: str, service: str) -> None:
    assert service_of(url) == service


@pytest.mark.parametrize(("method", "path"), [("PUT", "/voicehelper-dev/_mapping"), ("POST", "/_msearch")])
def test_calls_carry_the_signature_that_the_sdk_makes(monkeypatch: pytest.MonkeyPatch, method: str, path: str) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    headers, body = {"content-type": "application/json", "host": HOST}, b'{"size": 0}'
    request = AWSRequest(method, f"https://{HOST}{path}", headers=headers, data=body)
    auth = SigV4Auth(Credentials("AKIDEXAMPLE", "secret"), "aoss", "eu-west-1")
    auth.add_auth(request)
    now = datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    signed = aws_call.sign(headers, body, service="aoss", region="eu-west-1", now=now, path=path, method=method)

    assert signed["authorization"] == request.headers["Authorization"]
