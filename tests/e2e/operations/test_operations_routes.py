"""Health, the API description, unknown routes and the steps of a deployment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import boto3
import pytest

from infra import deploy
from infra.local.paths import EMULATOR_PYTHON, ROOT, STACK_NAME
from tests.support.application import OPENAPI_FILE
from tests.support.client import Client
from tests.support.product import Product


def test_the_function_is_healthy(client: Client) -> None:
    assert client.json("GET", "/health")["status"] == "ok"


def test_readiness_lists_every_dependency(client: Client) -> None:
    ready = client.json("GET", "/ready")

    assert ready["status"] == "ready"
    assert {name: part["status"] for name, part in ready["dependencies"].items()} == {"database": "ok", "storage": "ok"}


def test_the_api_description_is_served_as_committed(client: Client) -> None:
    assert client.call("GET", "/openapi.json").text == OPENAPI_FILE.read_text("utf-8")


def test_the_reference_page_sends_requests_from_the_page_and_names_no_other_host(client: Client) -> None:
    page = client.call("GET", "/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    files = {name: client.call("GET", f"/docs{name}") for name in loaded if name.startswith("?")}
    start = files["?file=start.js"].text

    assert loaded == ["data:,", *files, "openapi.json"]
    assert all(file.is_success for file in files.values())
    assert "//" not in page.text
    assert "tryItOutEnabled: true" in start
    assert 'url: "openapi.json"' in start
    assert "validatorUrl: null" in start
    assert "http" not in page.text + start
    assert "connect-src 'self'" in page.headers["content-security-policy"]


def test_the_reference_page_s_script_arrives_compressed_and_whole(client: Client) -> None:
    packed = client.call("GET", "/docs?file=swagger-ui-bundle.js", headers={"accept-encoding": "gzip"})
    plain = client.call("GET", "/docs?file=swagger-ui-bundle.js", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert "SwaggerUIBundle" in plain.text


def test_the_reference_page_has_a_field_for_the_token(client: Client) -> None:
    """Swagger UI shows one for every scheme of the contract, and sends it with what the contract says needs it."""
    contract = client.json("GET", "/openapi.json")

    assert contract["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert contract["paths"]["/api/v1/rag/query"]["post"]["security"] == [{"bearer": []}]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("GET", "/api/v1/knowledge", 404, "NOT_FOUND"),
        ("DELETE", "/api/v1/auth/login", 405, "METHOD_NOT_ALLOWED"),
        ("PATCH", "/api/v1/knowledge/bases", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_unknown_routes_and_methods_are_refused_in_the_error_shape(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    response = client.call(method, path)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/nowhere", "/api/v1/users/me"])
def test_answers_are_not_stored_guessed_framed_or_named_to_other_hosts(client: Client, path: str) -> None:
    headers = client.call("GET", path).headers

    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


def test_error_messages_are_in_the_language_of_the_caller(client: Client) -> None:
    chinese = client.call("GET", "/nowhere", headers={"accept-language": "fr, zh-TW;q=0.8, en;q=0.5"}).json()
    english = client.call("GET", "/nowhere", headers={"accept-language": "en-GB"}).json()

    assert chinese["message"] == "资源不存在"
    assert english["message"] == "Not found"


def test_bodies_over_the_limit_of_the_gateway_are_refused(client: Client) -> None:
    response = client.call("POST", "/api/v1/rag/query", content=b"x" * (10 * 1024 * 1024 + 1))

    assert (response.status_code, response.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.fixture
def connection(product: Product) -> dict[str, str]:
    return {
        "endpoint_url": product.endpoint.url,
        "region_name": "us-east-1",
        "aws_access_key_id": product.endpoint.access_key_id,
        "aws_secret_access_key": product.endpoint.secret_access_key,
    }


class CloudFormation(BaseHTTPRequestHandler):
    """The bucket that takes answers of custom resources."""

    answers: ClassVar[list[tuple[str | None, dict[str, Any]]]] = []

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.answers.append((self.headers["content-type"], json.loads(body)))
        self.send_response(200)
        self.end_headers()


@pytest.fixture
def response_url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), CloudFormation)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/answer"
    server.shutdown()


@pytest.mark.parametrize(("kind", "data"), [("Update", {"keys": [], "applied": []}), ("Delete", {})])
def test_a_deployment_is_told_that_the_schema_is_up_to_date(
    connection: dict[str, str], response_url: str, kind: str, data: dict[str, Any]
) -> None:
    functions = boto3.client("lambda", **connection)  # type: ignore[call-overload]
    names = [
        f["FunctionName"] for page in functions.get_paginator("list_functions").paginate() for f in page["Functions"]
    ]
    [migration] = [name for name in names if "-MigrateDatabaseFunction-" in name]
    ids = {"StackId": "stack", "RequestId": "request", "LogicalResourceId": "Schema"}
    request = {"RequestType": kind, "ResponseURL": response_url, **ids}

    functions.invoke(FunctionName=migration, Payload=json.dumps(request).encode())
    content_type, answer = CloudFormation.answers.pop()

    assert (answer["Status"], answer["Data"], answer["Reason"]) == ("SUCCESS", data, "")
    assert content_type == "", "the URL is signed without one"


def test_a_deployment_prints_its_address(connection: dict[str, str]) -> None:
    assert deploy.outputs(STACK_NAME, **connection)["ApiUrl"].startswith("https://")
    assert [deploy.stack_name(stage) for stage in ("dev", "prod")] == ["voicehelper-dev", "voicehelper-prod"]


def test_files_of_an_older_stack_move_to_the_bucket_that_has_the_region_in_its_name(product: Product) -> None:
    s3 = product.endpoint.client("s3")
    [bucket] = [b["Name"] for b in s3.list_buckets()["Buckets"] if b["Name"].startswith(f"{STACK_NAME}-content-")]
    old = bucket.removesuffix("-us-east-1")
    s3.create_bucket(Bucket=old)
    s3.put_object(Bucket=old, Key="documents/of/old/source", Body=b"kept")
    code = (
        "import sys; from infra.local.deploy import Deployment; "
        "deployment = Deployment(sys.argv[1]); "
        "[deployment.move_objects_of_old_bucket(sys.argv[2]) for _ in range(2)]"
    )
    command = [EMULATOR_PYTHON, "-c", code, product.endpoint.url, bucket]
    subprocess.run(command, env=os.environ | product.endpoint.environment, cwd=ROOT, check=True)

    assert s3.get_object(Bucket=bucket, Key="documents/of/old/source")["Body"].read() == b"kept"
    assert old not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
