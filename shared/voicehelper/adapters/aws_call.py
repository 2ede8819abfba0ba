"""Signed calls of AWS services with JSON protocols, with the standard library only.

``aws_call`` is the entry; the other adapters and ``identity`` call it. boto3 costs a cold start as much as half a
FastAPI application (``make bench``), too much for the authorizer and for endpoints that read one secret. Signature
Version 4 as described at
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import http.client
import json
import os
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

from voicehelper.adapters.hosts import host_of
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.observability.traces import current_header

_TARGETS: Final = {
    "secretsmanager": ("secretsmanager", "1.1"),
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "ssm": ("AmazonSSM", "1.1"),
    "sqs": ("AmazonSQS", "1.0"),
    "states": ("AWSStepFunctions", "1.0"),
    "transcribe": ("Transcribe", "1.1"),
    "textract": ("Textract", "1.1"),
    "codedeploy": ("CodeDeploy_20141006", "1.1"),
}


class Patience(NamedTuple):
    """``timeout_s`` bounds each step of an attempt (connect, handshake, read); ``within_s`` the attempt as a whole."""

    attempts: int = 3
    timeout_s: float = 3.0
    within_s: float | None = None


USUAL: Final = Patience()
# For whoever stands before every request and is given up by the gateway after ten seconds.
BRIEF: Final = Patience(attempts=1, timeout_s=2.0, within_s=2.0)


class AwsCallError(UpstreamUnavailableError):
    """The service returned an error or was not reachable; ``service_code`` is the service's own code."""

    def __init__(self, operation: str, status: int, service_code: str) -> None:
        super().__init__(f"{operation}: {status} {service_code}")
        self.service_code = service_code


def aws_call(service: str, operation: str, payload: dict[str, Any], *, patience: Patience = USUAL) -> dict[str, Any]:
    """``aws_call("secretsmanager", "GetSecretValue", {...})`` → the decoded response.

    Retries connection failures and 5xx responses twice, without a wait; raises AwsCallError otherwise.
    """
    text = json.dumps(payload).encode()
    for attempt in range(patience.attempts):
        last = attempt == patience.attempts - 1
        try:
            status, body = _within(
                patience.within_s, lambda: _send(service, operation, text, timeout_s=patience.timeout_s)
            )
        except (OSError, http.client.HTTPException) as error:
            if last:
                raise AwsCallError(operation, 0, type(error).__name__) from error
            continue
        if status == 200:
            return dict(json.loads(body))
        if status < 500 or last:
            raise AwsCallError(operation, status, _service_code(body))
    raise AssertionError("unreachable")


def _within(seconds: float | None, send: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
    """TimeoutError after ``seconds``, looking up the host included, which no time-out of a socket bounds."""
    if seconds is None:
        return send()
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(send).result(seconds)
    finally:
        pool.shutdown(wait=False)


def _service_code(body: bytes) -> str:
    try:
        return str(json.loads(body).get("__type", "")).rpartition("#")[2]
    except (ValueError, AttributeError):
        return ""


def _send(service: str, operation: str, body: bytes, *, timeout_s: float) -> tuple[int, bytes]:
    prefix, version = _TARGETS[service]
    headers = {"content-type": f"application/x-amz-json-{version}", "x-amz-target": f"{prefix}.{operation}"}
    status, _, answer = send_signed(service, "/", body, timeout_s=timeout_s, headers=headers)
    return status, answer


def current_region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def send_signed(
    service: str, path: str, body: bytes, *, timeout_s: float, headers: Mapping[str, str] = {}
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One signed POST, for the JSON protocols and for REST: (status, headers, body)."""
    region = current_region()
    url = urlsplit(_endpoint(service, region))
    signed = sign(
        {**headers, "host": url.netloc}, body, service=service, region=region, now=datetime.now(UTC), path=path
    )
    if trace := current_header():
        signed["x-amzn-trace-id"] = trace  # not signed: what stands between may change it
    connection = _connection(url.scheme, url.netloc, timeout_s)
    try:
        connection.request("POST", path, body, signed)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def _endpoint(service: str, region: str) -> str:
    """As AWS's own SDKs take it from the environment: for one service, then for all.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    names = (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL")
    given = (os.environ.get(name) for name in names)
    return next(filter(None, given), f"https://{host_of(service, region)}")


def _connection(scheme: str, host: str, timeout_s: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, timeout=timeout_s, context=_tls())
    return http.client.HTTPConnection(host, timeout=timeout_s)


@functools.cache
def _tls() -> ssl.SSLContext:
    """Made once: reading the authorities' certificates costs more than a call."""
    return ssl.create_default_context()


def sign(
    headers: dict[str, str], body: bytes, *, service: str, region: str, now: datetime, path: str = "/"
) -> dict[str, str]:
    """The headers of a POST to ``path``, which is encoded already, with date, session token and authorization added."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {**headers, "x-amz-date": stamp}
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    # Every service but S3 encodes the path once more.
    request = f"POST\n{quote(path)}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = scope_of(stamp, region, service)
    signature = signature_of(request, stamp, scope)
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential_of(scope)}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def scope_of(stamp: str, region: str, service: str) -> str:
    return f"{stamp[:8]}/{region}/{service}/aws4_request"


def credential_of(scope: str) -> str:
    return f"{os.environ.get('AWS_ACCESS_KEY_ID', '')}/{scope}"


def signature_of(request: str, stamp: str, scope: str) -> str:
    """Of a canonical request, whose signature stands in a header or in a query."""
    key = f"AWS4{os.environ.get('AWS_SECRET_ACCESS_KEY', '')}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def read_secret(arn: str, *, stage: str = "AWSCURRENT", patience: Patience = USUAL) -> tuple[str, dict[str, Any]]:
    """(version id, decoded JSON) of a secret; AwsCallError (ResourceNotFoundException) for a stage without version."""
    question = {"SecretId": arn, "VersionStage": stage}
    answer = aws_call("secretsmanager", "GetSecretValue", question, patience=patience)
    return str(answer["VersionId"]), dict(json.loads(answer["SecretString"]))


def read_parameter(name: str) -> str:
    """The value of an SSM parameter; of a SecureString, its text."""
    return read_version(name)[1]


def read_version(name: str, *, patience: Patience = USUAL) -> tuple[int, str]:
    """(version, value) of an SSM parameter, or of the version that the name ends in (``name:3``).

    AwsCallError (ParameterVersionNotFound) for a version that there is not.
    """
    question = {"Name": name, "WithDecryption": True}
    answer = aws_call("ssm", "GetParameter", question, patience=patience)["Parameter"]
    return int(answer["Version"]), str(answer["Value"])
