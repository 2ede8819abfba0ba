"""Signed calls of AWS services with JSON protocols, with the standard library only.

``aws_call`` is the entry; the other adapters and ``identity`` call it. boto3 costs a cold start as much as half a
FastAPI application (``make bench``), too much for the authorizer and for endpoints that read one secret. Signature
Version 4 as described at
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from voicehelper.adapters.hosts import host_of
from voicehelper.errors import UpstreamUnavailableError

_TARGETS: Final = {
    "secretsmanager": ("secretsmanager", "1.1"),
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "ssm": ("AmazonSSM", "1.1"),
    "sqs": ("AmazonSQS", "1.0"),
    "states": ("AWSStepFunctions", "1.0"),
}
_ATTEMPTS: Final = 3
_TIMEOUT_S: Final = 3.0


class AwsCallError(UpstreamUnavailableError):
    """The service returned an error or was not reachable; ``service_code`` is the service's own code."""

    def __init__(self, operation: str, status: int, service_code: str) -> None:
        super().__init__(f"{operation}: {status} {service_code}")
        self.service_code = service_code


def aws_call(service: str, operation: str, payload: dict[str, Any]) -> dict[str, Any]:
    """``aws_call("secretsmanager", "GetSecretValue", {...})`` → the decoded response.

    Retries connection failures and 5xx responses twice, without a wait; raises AwsCallError otherwise.
    """
    for attempt in range(_ATTEMPTS):
        last = attempt == _ATTEMPTS - 1
        try:
            status, body = _send(service, operation, json.dumps(payload).encode())
        except (OSError, http.client.HTTPException) as error:
            if last:
                raise AwsCallError(operation, 0, type(error).__name__) from error
            continue
        if status == 200:
            return dict(json.loads(body))
        if status < 500 or last:
            raise AwsCallError(operation, status, _service_code(body))
    raise AssertionError("unreachable")


def _service_code(body: bytes) -> str:
    try:
        return str(json.loads(body).get("__type", "")).rpartition("#")[2]
    except (ValueError, AttributeError):
        return ""


def _send(service: str, operation: str, body: bytes) -> tuple[int, bytes]:
    prefix, version = _TARGETS[service]
    headers = {"content-type": f"application/x-amz-json-{version}", "x-amz-target": f"{prefix}.{operation}"}
    status, _, answer = send_signed(service, "/", body, timeout_s=_TIMEOUT_S, headers=headers)
    return status, answer


def send_signed(
    service: str, path: str, body: bytes, *, timeout_s: float, headers: Mapping[str, str] = {}
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One signed POST, for the JSON protocols and for REST: (status, headers, body)."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or f"https://{host_of(service, region)}"
    url = urlsplit(endpoint)
    signed = sign(
        {**headers, "host": url.netloc}, body, service=service, region=region, now=datetime.now(UTC), path=path
    )
    connect = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = connect(url.netloc, timeout=timeout_s)
    try:
        connection.request("POST", path, body, signed)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def sign(
    headers: dict[str, str], body: bytes, *, service: str, region: str, now: datetime, path: str = "/"
) -> dict[str, str]:
    """The headers of a POST to ``path``, of plain characters only, with date, session token and authorization added."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {**headers, "x-amz-date": stamp}
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n{path}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(signing_key(stamp[:8], region, service), text.encode(), "sha256").hexdigest()
    credential = f"{os.environ.get('AWS_ACCESS_KEY_ID', '')}/{scope}"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return headers


def signing_key(day: str, region: str, service: str) -> bytes:
    key = f"AWS4{os.environ.get('AWS_SECRET_ACCESS_KEY', '')}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    return key


def read_secret(arn: str, *, stage: str = "AWSCURRENT") -> tuple[str, dict[str, Any]]:
    """(version id, decoded JSON) of a secret; AwsCallError (ResourceNotFoundException) for a stage without version."""
    answer = aws_call("secretsmanager", "GetSecretValue", {"SecretId": arn, "VersionStage": stage})
    return str(answer["VersionId"]), dict(json.loads(answer["SecretString"]))


def read_parameter(name: str) -> str:
    """The value of an SSM parameter; of a SecureString, its text."""
    return str(aws_call("ssm", "GetParameter", {"Name": name, "WithDecryption": True})["Parameter"]["Value"])
